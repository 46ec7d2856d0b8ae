package ferry.receive;

import ferry.entry.Attributes;
import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.fuzz.Choices;
import ferry.fuzz.DeafPeer.Part;
import ferry.fuzz.Seal;
import ferry.wire.Frame;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.OwnerId;
import ferry.wire.Reason;
import ferry.wire.TransferId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Writes what a sender says, right unless a choice makes it wrong. For one thread. */
final class SenderScript {
    private static final int LARGE = Stage.SAME_BYTES;
    private static final int MOST_ENTRIES = 32;

    private static final List<String> PATHS = List.of(
            "a",
            "b",
            "d",
            "d/x",
            "d/e/f",
            "d/l",
            "d/l/x",
            "A",
            "\u00e9",
            "e\u0301",
            "esc\u001b[2J\n",
            Stage.OLD,
            Stage.SAME,
            Stage.WAY_OUT,
            Stage.WAY_OUT + "/x",
            Stage.WAY_OUT + "/secret",
            "../x",
            "/etc/x",
            "d/../../x",
            ".ferry/x",
            ".FERRY",
            "d//x",
            "");

    private static final List<String> TARGETS =
            List.of("a", "../a", "..", "../..", "/etc/passwd", "e/../..", "", ".", "x/", ".ferry", "../way/secret");

    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();
    private final List<Part> parts = new ArrayList<>();
    private final List<Offered> offered = new ArrayList<>();

    private static final class Offered {
        private final Frame.Offer offer;
        private final byte[] content;

        Offered(Frame.Offer offer, byte[] content) {
            this.offer = offer;
            this.content = content;
        }
    }

    SenderScript() throws IOException {
        write(writer -> {
            writer.writePreface();
            writer.write(
                    new Frame.Hello(1, 1, 0, new TransferId(1, 2), OwnerId.NONE, Duration.ofSeconds(30), "script"));
        });
    }

    /** Everything that the sender says. */
    byte[] all() {
        return all.toByteArray();
    }

    List<Part> parts() {
        endPart();
        return parts;
    }

    void step(Choices choices) throws IOException {
        switch (choices.below(20)) {
            case 0, 1 -> wholeFile(choices, choices.twoOctets() % 400);
            case 2 -> offer(choices, EntryKind.FILE, OptionalLong.of(choices.octet()));
            case 3 -> offer(choices, EntryKind.FILE, OptionalLong.of(LARGE));
            case 4 -> offer(choices, EntryKind.FILE, OptionalLong.empty());
            case 5 -> offer(choices, EntryKind.FILE, OptionalLong.of(choices.number() & Long.MAX_VALUE));
            case 6 -> offer(choices, EntryKind.DIRECTORY, OptionalLong.empty());
            case 7 -> offer(choices, EntryKind.LINK, OptionalLong.empty());
            case 8 -> data(choices, 0, LARGE);
            case 9 -> data(choices, choices.number() & Long.MAX_VALUE, choices.octet());
            case 10 -> end(choices, 0);
            case 11 -> end(choices, choices.octet());
            case 12 -> proof(choices);
            case 13 -> say(new Frame.Failed(choices.below(MOST_ENTRIES), new Reason(code(choices), choices.text())));
            case 14 -> awaitAnswers(choices);
            case 15 -> say(new Frame.KeepAlive());
            case 16 -> raw(Seal.frames(choices.take(choices.octet())));
            case 17 -> raw(choices.take(choices.octet()));
            case 18 -> say(new Frame.Done(choices.below(MOST_ENTRIES)));
            default -> endAll();
        }
    }

    void done() throws IOException {
        say(new Frame.Done(offered.size()));
    }

    private void wholeFile(Choices choices, int size) throws IOException {
        if (offer(choices, EntryKind.FILE, OptionalLong.of(size))) {
            Offered last = offered.getLast();
            send(last, 0, last.content.length);
            end(last, 0);
        }
    }

    /** Whether there was room for one more. */
    private boolean offer(Choices choices, EntryKind kind, OptionalLong size) throws IOException {
        if (offered.size() >= MOST_ENTRIES) {
            return false;
        }
        String path = choices.below(8) == 7 ? choices.text() : choices.oneOf(PATHS);
        String target = "";
        if (kind == EntryKind.LINK) {
            target = choices.below(8) == 7 ? choices.text() : choices.oneOf(TARGETS);
        }
        Frame.Offer offer = new Frame.Offer(offered.size(), kind, size, attributes(choices), path, target);
        byte[] content = Contents.of(path, (int) Math.min(LARGE, size.orElse(choices.twoOctets())));
        if (kind != EntryKind.FILE) {
            content = new byte[0];
        }
        offered.add(new Offered(offer, content));
        say(offer);
        return true;
    }

    private static Attributes attributes(Choices choices) {
        int which = choices.octet();
        Optional<Instant> time =
                (which & 1) == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(choices.twoOctets() << 15));
        OptionalInt mode = (which & 2) == 0 ? OptionalInt.empty() : OptionalInt.of(choices.twoOctets() & 0777);
        return new Attributes(time, mode);
    }

    private void data(Choices choices, long offset, int length) throws IOException {
        if (!offered.isEmpty()) {
            send(choices.oneOf(offered), offset, length);
        }
    }

    private void send(Offered file, long offset, int length) throws IOException {
        int from = (int) Math.min(offset, file.content.length);
        int count = Math.min(length, file.content.length - from);
        byte[] bytes = count > 0 ? Arrays.copyOfRange(file.content, from, from + count) : new byte[] {1};
        long room = Math.min(Long.MAX_VALUE, Chunks.start(Chunks.of(offset)) + Chunks.SIZE) - offset;
        if (room > 0 && length > 0) {
            write(writer -> writer.writeData(file.offer.entry(), offset, Contents.crc(bytes), ByteBuffer.wrap(bytes)));
        }
    }

    private void end(Choices choices, int lie) throws IOException {
        if (!offered.isEmpty()) {
            end(choices.oneOf(offered), lie);
        }
    }

    private void end(Offered file, int lie) throws IOException {
        int size = file.content.length + (lie & 1);
        say(new Frame.End(file.offer.entry(), size, Contents.crc(file.content) ^ lie >> 1));
    }

    /** Ends whatever was offered and is not larger than what there is of it. */
    private void endAll() throws IOException {
        for (Offered file : offered) {
            if (file.offer.kind() == EntryKind.FILE) {
                send(file, 0, file.content.length);
                end(file, 0);
            }
        }
    }

    private void proof(Choices choices) throws IOException {
        if (!offered.isEmpty()) {
            Offered file = choices.oneOf(offered);
            byte[] content = file.content.length > 0 ? file.content : new byte[] {1};
            long chunk = choices.below(4) == 3 ? choices.octet() : 0;
            byte[] claimed = choices.below(4) == 3 ? new byte[content.length] : content;
            say(new Frame.Proof(file.offer.entry(), chunk, content.length, ChunkDigest.of(ByteBuffer.wrap(claimed))));
        }
    }

    private static ErrorCode code(Choices choices) {
        return choices.oneOf(List.of(ErrorCode.values()));
    }

    private void awaitAnswers(Choices choices) {
        endPart();
        parts.add(Waiting.forAnswers(1 + choices.below(MOST_ENTRIES)));
    }

    private void endPart() {
        parts.add(Part.atOnce(part.toByteArray()));
        part.reset();
    }

    private void say(Frame frame) throws IOException {
        write(writer -> writer.write(frame));
    }

    private void raw(byte... bytes) {
        part.writeBytes(bytes);
        all.writeBytes(bytes);
    }

    private interface Saying {
        void to(FrameWriter writer) throws IOException;
    }

    private void write(Saying saying) throws IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Channels.newChannel(sink), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        try {
            saying.to(writer);
            writer.flush();
        } catch (IllegalArgumentException e) {
            return; // Such a frame cannot be written at all; the raw ones stand for it.
        }
        raw(sink.toByteArray());
    }
}
