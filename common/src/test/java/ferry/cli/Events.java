package ferry.cli;

import ferry.entry.Attributes;
import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.LinkTarget;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Encryption;
import ferry.event.Protocol;
import ferry.event.Totals;
import ferry.event.TransferEvent;
import ferry.event.TransferProgress;
import ferry.event.Verification;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Events as a transfer would tell them. */
final class Events {
    static final String TRANSFER = "0123456789abcdef0123456789abcdef";
    static final String PEER = "10.0.0.2:9000";
    private static final Attributes PLAIN = new Attributes(Optional.empty(), OptionalInt.empty());

    private Events() {}

    static TransferEvent.Started started(Protocol protocol, Direction direction) {
        return new TransferEvent.Started(TRANSFER, PEER, protocol, direction, Optional.empty(), new TransferProgress());
    }

    static TransferEvent.Started startedEncrypted(Direction direction) {
        Encryption encryption = new Encryption("TLSv1.3, SUITE", "sha256:00");
        return new TransferEvent.Started(
                TRANSFER, PEER, Protocol.FERRY, direction, Optional.of(encryption), new TransferProgress());
    }

    static TransferEvent.Listening listening(String endpoint, OptionalInt port, String sendLine) {
        return new TransferEvent.Listening(endpoint, port, sendLine, Optional.empty(), Optional.empty());
    }

    static TransferEvent.Listening listeningWithCode(String endpoint) {
        return new TransferEvent.Listening(
                endpoint,
                OptionalInt.of(9000),
                "send --code FILE... host:9000",
                Optional.of("sha256:00"),
                Optional.of(new TransferEvent.Listening.NewCode("42-six-words", "for one transfer")));
    }

    static Entry.File file(String path, long size) {
        return new Entry.File(path(path), OptionalLong.of(size), PLAIN);
    }

    static Entry.File pipe(String path) {
        return new Entry.File(path(path), OptionalLong.empty(), PLAIN);
    }

    static Entry.Directory directory(String path) {
        return new Entry.Directory(path(path), PLAIN);
    }

    static Entry.Link link(String path, String target) {
        try {
            return new Entry.Link(path(path), LinkTarget.parse(target, path(path)), PLAIN);
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    static TransferEvent.Completed placed(Entry.File file) {
        return placed(file, file.path().toString());
    }

    static TransferEvent.Completed placed(Entry.File file, String path) {
        return new TransferEvent.Completed(
                TRANSFER,
                EntryKind.FILE,
                file.path(),
                path(path),
                file.size().orElse(0),
                OptionalInt.of(0x0a0b0c0d),
                Outcome.PLACED,
                Durability.DURABLE,
                Verification.VERIFIED,
                file.attributes().modified(),
                Optional.empty());
    }

    static TransferEvent.Completed same(Entry.File file) {
        return new TransferEvent.Completed(
                TRANSFER,
                EntryKind.FILE,
                file.path(),
                file.path(),
                file.size().orElse(0),
                OptionalInt.of(0x0a0b0c0d),
                Outcome.SAME,
                Durability.DURABLE,
                Verification.VERIFIED,
                file.attributes().modified(),
                Optional.empty());
    }

    static TransferEvent.Completed placed(Entry entry, Durability durability, Verification verification) {
        return new TransferEvent.Completed(
                TRANSFER,
                entry.kind(),
                entry.path(),
                entry.path(),
                0,
                OptionalInt.empty(),
                Outcome.PLACED,
                durability,
                verification,
                Optional.empty(),
                Optional.empty());
    }

    static TransferEvent.Finished finished(Totals totals) {
        return finished(totals, Bottleneck.NONE);
    }

    static TransferEvent.Finished finished(Totals totals, Bottleneck limitedBy) {
        return new TransferEvent.Finished(TRANSFER, PEER, totals, Duration.ofMillis(1500), ExitStatus.DONE, limitedBy);
    }

    static RelativePath path(String text) {
        try {
            return RelativePath.parse(text);
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }
}
