package ferry.receive;

import ferry.cli.Formats;
import ferry.cli.Program;
import ferry.cli.ReceiptReader;
import ferry.entry.EntryKind;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferEvent.Checked.State;
import ferry.event.TransferListener;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code receive --verify} asks for: reads the files of a receipt again, and tells which of them rotted, changed or went
 * missing. Nothing is changed, and no symbolic link is followed. For one thread.
 *
 * @param receipt as {@code --receipt} has written it, on either side
 * @param folder into which was received
 */
record ReceiptCheck(Path receipt, Path folder) implements Program.Job {

    /** What was found, and in words what was expected and what is there. */
    private record Finding(State state, String text) {
        private static final Finding SAME = new Finding(State.SAME, "as its receipt says");
    }

    @Override
    public ExitStatus run(TransferListener listener) throws TransferException, InterruptedException {
        Path root = root();
        Map<State, Long> counts = new EnumMap<>(State.class);
        long unreadable = new ReceiptReader(receipt).forEach(entry -> {
            Finding finding = check(root, entry);
            counts.merge(finding.state(), 1L, Long::sum);
            listener.on(new TransferEvent.Checked(entry.path(), finding.state(), finding.text()));
        });
        if (unreadable > 0) {
            listener.on(new TransferEvent.Warning(
                    "%s: %s no line of a receipt, as after a kill; what they were about is not verified"
                            .formatted(receipt, Formats.count(unreadable, "line is", "lines are"))));
        }
        listener.on(new TransferEvent.Notice(
                "verified %s: %d as they were, %d changed, %d rotted, %d missing, %d unreadable"
                        .formatted(
                                Formats.count(
                                        counts.values().stream()
                                                .mapToLong(Long::longValue)
                                                .sum(),
                                        "entry",
                                        "entries"),
                                counts.getOrDefault(State.SAME, 0L),
                                counts.getOrDefault(State.CHANGED, 0L),
                                counts.getOrDefault(State.ROTTED, 0L),
                                counts.getOrDefault(State.MISSING, 0L),
                                counts.getOrDefault(State.UNREADABLE, 0L))));
        boolean allSame = counts.keySet().stream().allMatch(state -> state == State.SAME);
        return allSame && unreadable == 0 ? ExitStatus.DONE : ExitStatus.INTEGRITY;
    }

    private Path root() throws TransferException {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw new TransferException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    folder.toString(),
                    "it cannot be read: " + DiskFailures.reason(e),
                    e);
        }
    }

    private static Finding check(Path root, ReceiptReader.Entry entry) {
        try {
            RelativePath path = RelativePath.parse(entry.path());
            Optional<BasicFileAttributes> there = lookUp(root, path);
            if (there.isEmpty()) {
                return new Finding(State.MISSING, "nothing is there");
            }
            Found found = Found.of(there.get());
            if (found != expected(entry.kind())) {
                return new Finding(
                        State.CHANGED,
                        "expected a %s, a %s is there"
                                .formatted(expected(entry.kind()).words(), found.words()));
            }
            return entry.kind() == EntryKind.FILE ? compare(path.under(root), there.get(), entry) : Finding.SAME;
        } catch (TransferException e) {
            return new Finding(State.CHANGED, e.why());
        } catch (IOException e) {
            return new Finding(State.UNREADABLE, "it cannot be read: " + DiskFailures.reason(e));
        }
    }

    /** Empty also if something on the way is not a directory. */
    private static Optional<BasicFileAttributes> lookUp(Path root, RelativePath path)
            throws IOException, TransferException {
        Path target = path.under(root);
        Path above = target.getParent();
        while (above != null && !above.equals(root)) {
            if (Found.at(above) != Found.DIRECTORY) {
                return Optional.empty();
            }
            above = above.getParent();
        }
        return Found.attributes(target);
    }

    private static Finding compare(Path file, BasicFileAttributes attributes, ReceiptReader.Entry entry)
            throws IOException {
        if (attributes.size() != entry.size()) {
            return new Finding(State.CHANGED, "expected %d bytes, got %d".formatted(entry.size(), attributes.size()));
        }
        FileChecksums checksums = FileChecksums.of(
                file, entry.sha256().isPresent() ? FileChecksums.Kind.WITH_SHA256 : FileChecksums.Kind.CRC32C);
        boolean sameCrc = entry.crc32c().isEmpty() || entry.crc32c().getAsInt() == checksums.crc32c();
        if (sameCrc && entry.sha256().equals(checksums.sha256())) {
            return Finding.SAME;
        }
        // File systems keep times more or less finely.
        Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS);
        boolean sameTime = entry.modified()
                .filter(offered -> offered.truncatedTo(ChronoUnit.MICROS).equals(modified))
                .isPresent();
        return sameTime
                ? new Finding(State.ROTTED, "other bytes than its receipt says, though size and time are the same")
                : new Finding(State.CHANGED, "other bytes than its receipt says");
    }

    private static Found expected(EntryKind kind) {
        return switch (kind) {
            case FILE -> Found.FILE;
            case DIRECTORY -> Found.DIRECTORY;
            case LINK -> Found.LINK;
        };
    }
}
