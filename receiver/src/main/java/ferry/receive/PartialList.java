package ferry.receive;

import ferry.cli.Program;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What {@code receive --list-partial} asks for: tells what is kept of files, and of trees that were to appear at once, whose transfers broke, the oldest first. Changes
 * nothing, and may run beside a receiver, whose files on their way it tells too. For one thread.
 */
record PartialList(Path folder) implements Program.Job {
    /** What is kept of a file, or of a tree that was to appear at once. */
    private record Kept(String path, Owner owner, long bytes, long size, Instant lastUsed) {}

    @Override
    public ExitStatus run(TransferListener listener) throws TransferException {
        try {
            if (!Files.isDirectory(folder)) {
                throw new TransferException(
                        ErrorCode.DESTINATION_UNUSABLE, folder.toString(), "expected a folder that was received into");
            }
            Instant now = Instant.now();
            for (Kept kept : find()) {
                Duration age = Duration.between(kept.lastUsed(), now);
                listener.on(new TransferEvent.Partial(
                        kept.path(),
                        kept.owner().shown(),
                        kept.bytes(),
                        kept.size(),
                        age.isNegative() ? Duration.ZERO : age));
            }
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new TransferException(
                    ErrorCode.DESTINATION_UNUSABLE, folder.toString(), "cannot be read: " + DiskFailures.reason(e), e);
        }
    }

    private List<Kept> find() throws IOException {
        List<Kept> found = new ArrayList<>();
        try (DirectoryStream<Path> receivers = Files.newDirectoryStream(folder.resolve(RelativePath.RESERVED))) {
            for (Path receiver : receivers) {
                for (PartialFolder partial : PartialFolder.in(Staging.partialsIn(receiver))) {
                    look(partial).ifPresent(found::add);
                }
                for (TreeFolder tree : TreeFolder.in(Staging.treesIn(receiver))) {
                    look(tree).ifPresent(found::add);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing is kept.
        }
        found.sort(Comparator.comparing(Kept::lastUsed));
        return found;
    }

    /** A receiver may complete it, or remove it, while we look. */
    private static Optional<Kept> look(PartialFolder partial) throws IOException {
        try {
            return partial.look()
                    .map(state -> new Kept(
                            state.header().path(),
                            state.header().owner(),
                            state.bytes(),
                            state.header().size(),
                            state.lastUsed()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Nobody knows how large the whole tree is to be. */
    private static Optional<Kept> look(TreeFolder tree) throws IOException {
        try {
            Optional<TreeFolder.State> state = tree.look();
            if (state.isEmpty()) {
                return Optional.empty();
            }
            long bytes = tree.bytes();
            Journal.Header header = state.get().header();
            return Optional.of(new Kept(
                    header.path() + "/",
                    header.owner(),
                    bytes,
                    bytes,
                    state.get().lastUsed()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
