package ferry.send;

import ferry.entry.Entry;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferReport;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code --remove-source}: removes sources whose receipt says that they are durable, unless they have changed since they were read.
 * Files and links at once, directories at the end and only if nothing is in them. For the thread that runs the {@link Sender}; what
 * cannot be removed is told, and counts for the exit status.
 */
final class SourceRemoval implements AutoCloseable {
    private final TransferReport report;
    private final TransferListener listener;
    private final StoredList spilled;
    private List<StoredEntry> directories = new ArrayList<>();
    private long notDurable;
    private long forgotten;

    private enum Telling {
        LATER,
        NOW
    }

    SourceRemoval(TransferReport report, TransferListener listener) {
        this(report, listener, StoredList.inTemporaryFolder());
    }

    SourceRemoval(TransferReport report, TransferListener listener, StoredList spilled) {
        this.report = report;
        this.listener = listener;
        this.spilled = spilled;
    }

    /** These have durable receipts. */
    void remove(List<? extends SourceEntry> sources) {
        sources.forEach(this::remove);
    }

    /** This has a durable receipt. */
    void remove(SourceEntry source) {
        switch (source) {
            case SourceEntry.LocalFile file -> removeFile(file);
            case SourceEntry.WithoutContent(Entry.Link link, Path path) -> removeLink(link, path);
            case SourceEntry.WithoutContent directory -> addDirectory(directory);
            case SourceEntry.StandardInput _ ->
                throw new IllegalArgumentException("standard input is no source to remove");
        }
    }

    /** So many have receipts that promise less than durable. */
    void keepNotDurable(long count) {
        notDurable += count;
    }

    /** So many have durable receipts, and what they are could not be remembered. */
    void forget(long count) {
        forgotten += count;
    }

    /** All has its receipt: removes directories, from the leaves on, and tells what stays. */
    void finish() {
        try {
            long removed = removeDirectories(Telling.LATER);
            while (removed > 0) {
                removed = removeDirectories(Telling.LATER);
            }
            removeDirectories(Telling.NOW);
        } catch (IOException e) {
            report.sourcesKept(1, "directories: not removed, since a temporary file cannot be read: " + e);
        }
        if (notDurable > 0) {
            report.sourcesKept(
                    notDurable,
                    "%d of the sources are not removed: the receiver does not promise that they are on its disk"
                            .formatted(notDurable));
        }
        if (forgotten > 0) {
            report.sourcesKept(
                    forgotten,
                    "%d directories and links are not removed: there was no temporary file to remember them in"
                            .formatted(forgotten));
        }
    }

    private void removeFile(SourceEntry.LocalFile file) {
        try {
            file.requireUnchanged();
            delete(file.path(), file.entry().path().toString());
        } catch (TransferException e) {
            keep(
                    file.entry().path().toString(),
                    switch (e.code()) {
                        case SOURCE_CHANGED -> "it has changed since it was sent";
                        default -> e.why();
                    });
        }
    }

    private void removeLink(Entry.Link link, Path path) {
        String name = link.path().toString();
        try {
            boolean isSame = PathText.ofTarget(Files.readSymbolicLink(path))
                            .equals(link.target().toString())
                    && FileStamp.travelling(FileStamp.look(path)).equals(link.attributes());
            if (isSame) {
                delete(path, name);
            } else {
                keep(name, "it has changed since it was sent");
            }
        } catch (IOException e) {
            keep(name, LocalFailure.of(name, e).why());
        } catch (TransferException e) {
            keep(name, e.why());
        }
    }

    private void delete(Path path, String name) {
        try {
            Files.delete(path);
            report.sourceRemoved();
        } catch (NoSuchFileException e) {
            // Somebody else was faster.
        } catch (IOException e) {
            keep(name, LocalFailure.of(name, e).why());
        }
    }

    private void keep(String name, String why) {
        report.sourcesKept(1, "%s: not removed: %s".formatted(name, why));
    }

    private void addDirectory(SourceEntry.WithoutContent directory) {
        if (directories.size() == Ledger.MAX_STORED) {
            try {
                spilled.add(directories);
            } catch (IOException e) {
                forget(directories.size());
            }
            directories = new ArrayList<>();
        }
        directories.add(new StoredEntry(0, directory));
    }

    /** Removes those that are empty by now, and says how many were. Children follow their parents in both lists. */
    private long removeDirectories(Telling telling) throws IOException {
        long removed = 0;
        long full = 0;
        for (StoredEntry directory : directories.reversed()) {
            switch (removeDirectory(directory.source(), telling)) {
                case REMOVED -> removed++;
                case FULL -> full++;
                case OTHER -> {}
            }
        }
        spilled.rewind();
        for (Optional<StoredEntry> next = spilled.next(); next.isPresent(); next = spilled.next()) {
            switch (removeDirectory(next.get().source(), telling)) {
                case REMOVED -> removed++;
                case FULL -> full++;
                case OTHER -> {}
            }
        }
        if (telling == Telling.NOW && full > 0) {
            listener.on(new TransferEvent.Notice(
                    full + (full == 1 ? " directory stays: it is" : " directories stay: they are") + " not empty"));
        }
        return removed;
    }

    private enum Result {
        REMOVED,
        FULL,
        OTHER
    }

    private Result removeDirectory(SourceEntry directory, Telling telling) {
        if (!(directory instanceof SourceEntry.WithoutContent(Entry entry, Path path))) {
            throw new IllegalArgumentException("no directory: " + directory);
        }
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory()) {
                return Result.OTHER;
            }
            Files.delete(path);
            report.sourceRemoved();
            return Result.REMOVED;
        } catch (NoSuchFileException e) {
            return Result.OTHER;
        } catch (DirectoryNotEmptyException e) {
            return Result.FULL;
        } catch (IOException e) {
            if (telling == Telling.NOW) {
                keep(
                        entry.path().toString(),
                        LocalFailure.of(entry.path().toString(), e).why());
            }
            return Result.OTHER;
        }
    }

    @Override
    public void close() {
        spilled.close();
    }
}
