package ferry.wire;

import static ferry.error.Printable.escape;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.EntryKind;
import java.util.Locale;

/** Describes frames to people, one line each: see {@link Frame#describe}. Pure functions. */
final class FrameText {
    private FrameText() {}

    static String describe(Frame frame) {
        String fields = fields(frame);
        return fields.isEmpty() ? FrameType.of(frame).name() : FrameType.of(frame) + " " + fields;
    }

    private static String data(Frame.Data data) {
        String text = "%d offset %d length %d crc32c %s"
                .formatted(data.entry(), data.offset(), data.length(), Crc32c.hex(data.crc()));
        return switch (data.encoding()) {
            case PLAIN -> text;
            case ZSTD -> "%s zstd of %d".formatted(text, data.bodyLength());
        };
    }

    private static String fields(Frame frame) {
        return switch (frame) {
            case Frame.Hello hello -> hello(hello);
            case Frame.Welcome welcome -> welcome(welcome);
            case Frame.Join join ->
                "version %d transfer %s stream %d".formatted(join.version(), join.transfer(), join.stream());
            case Frame.Challenge challenge -> "";
            case Frame.JoinProof proof -> "";
            case Frame.Joined joined -> "";
            case Frame.CodeProof proof -> "";
            case Frame.Offer offer -> offer(offer);
            case Frame.Verdict verdict -> verdict.entry() + " " + verdict(verdict);
            case Frame.Proof proof ->
                "%d chunk %d length %d sha256 %s"
                        .formatted(proof.entry(), proof.chunk(), proof.length(), proof.digest());
            case Frame.Same same -> "%d chunk %d".formatted(same.entry(), same.chunk());
            case Frame.Send send -> "%d chunk %d".formatted(send.entry(), send.chunk());
            case Frame.Data data -> data(data);
            case Frame.End end -> "%d size %d crc32c %s".formatted(end.entry(), end.size(), Crc32c.hex(end.crc()));
            case Frame.Stored stored -> Long.toString(stored.entry());
            case Frame.Receipt receipt -> receipt(receipt);
            case Frame.Done done -> "entries " + done.entries();
            case Frame.Finished finished ->
                "receipts %d failures %d bytes %d"
                        .formatted(finished.receipts(), finished.failures(), finished.bytes());
            case Frame.Failed failed -> failed.entry() + " " + failed.reason();
            case Frame.Abort abort -> abort.reason().toString();
            case Frame.KeepAlive keepAlive -> "";
        };
    }

    private static String hello(Frame.Hello hello) {
        return "versions %d-%d features 0x%x transfer %s owner %s silence %d ms agent %s"
                .formatted(
                        hello.minVersion(),
                        hello.maxVersion(),
                        hello.features(),
                        hello.transfer(),
                        hello.owner().isNone() ? "none" : hello.owner(),
                        hello.silenceLimit().toMillis(),
                        name(hello.agent()));
    }

    private static String welcome(Frame.Welcome welcome) {
        return "version %d features 0x%x credit %d of %d bytes silence %d ms max entry %s max transfer %s free %s agent %s"
                .formatted(
                        welcome.version(),
                        welcome.features(),
                        welcome.credit(),
                        welcome.creditBytes(),
                        welcome.silenceLimit().toMillis(),
                        limit(welcome.maxEntrySize()),
                        limit(welcome.maxTransferSize()),
                        limit(welcome.freeSpace()),
                        name(welcome.agent()));
    }

    private static String limit(long bytes) {
        return bytes == Frame.UNLIMITED ? "unlimited" : Long.toString(bytes);
    }

    private static String offer(Frame.Offer offer) {
        StringBuilder text =
                new StringBuilder().append(offer.entry()).append(' ').append(word(offer.kind()));
        if (offer.kind() == EntryKind.FILE) {
            text.append(" size ");
            offer.size().ifPresentOrElse(text::append, () -> text.append("unknown"));
        }
        Attributes attributes = offer.attributes();
        attributes.modified().ifPresent(modified -> text.append(" mtime ").append(modified));
        attributes.mode().ifPresent(mode -> text.append(" mode %04o".formatted(mode)));
        text.append(' ').append(name(offer.path()));
        if (offer.kind() == EntryKind.LINK) {
            text.append(" -> ").append(name(offer.target()));
        }
        return text.toString();
    }

    private static String verdict(Frame.Verdict verdict) {
        return switch (verdict) {
            case Frame.Accept accept -> "accept";
            case Frame.AcceptInOrder accept -> "accept in order";
            case Frame.Compare compare -> "compare " + compare.chunks();
            case Frame.Have have -> "have";
            case Frame.Refuse refuse -> "refuse " + refuse.reason();
        };
    }

    private static String receipt(Frame.Receipt receipt) {
        String text = "%d %s %s %s"
                .formatted(receipt.entry(), word(receipt.kind()), word(receipt.outcome()), word(receipt.durability()));
        if (receipt.kind() == EntryKind.FILE) {
            text += " size %d crc32c %s".formatted(receipt.size(), Crc32c.hex(receipt.crc()));
        }
        return receipt.path().isEmpty() ? text : text + " " + escape(receipt.path());
    }

    private static String name(String text) {
        return text.isEmpty() ? "(empty)" : escape(text);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
