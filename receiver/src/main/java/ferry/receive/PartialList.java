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
 * What {@code receive --list-partial} asks for: tells what is kept of files whose transfers broke, the oldest first. Changes
 * nothing, and may run beside a receiver, whose files on their way it tells too. For one thread.
 */
record PartialList(Path folder) implements Program.Job {
    @Override
    public ExitStatus run(TransferListener listener) throws TransferException {
        try {
            if (!Files.isDirectory(folder)) {
                throw new TransferException(
                        ErrorCode.DESTINATION_UNUSABLE, folder.toString(), "expected a folder that was received into");
            }
            Instant now = Instant.now();
            for (PartialFolder.State partial : find()) {
                Duration age = Duration.between(partial.lastUsed(), now);
                listener.on(new TransferEvent.Partial(
                        partial.header().path(),
                        partial.header().owner().shown(),
                        partial.bytes(),
                        partial.header().size(),
                        age.isNegative() ? Duration.ZERO : age));
            }
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new TransferException(
                    ErrorCode.DESTINATION_UNUSABLE, folder.toString(), "cannot be read: " + DiskFailures.reason(e), e);
        }
    }

    private List<PartialFolder.State> find() throws IOException {
        List<PartialFolder.State> found = new ArrayList<>();
        try (DirectoryStream<Path> receivers = Files.newDirectoryStream(folder.resolve(RelativePath.RESERVED))) {
            for (Path receiver : receivers) {
                for (PartialFolder partial : PartialFolder.in(Staging.partialsIn(receiver))) {
                    look(partial).ifPresent(found::add);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing is kept.
        }
        found.sort(Comparator.comparing(PartialFolder.State::lastUsed));
        return found;
    }

    /** A receiver may complete it, or remove it, while we look. */
    private static Optional<PartialFolder.State> look(PartialFolder partial) throws IOException {
        try {
            return partial.look();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
