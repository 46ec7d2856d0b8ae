package ferry.send;

import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Walks the sources, depth first and each directory before what is in it, and tells a {@link ScanConsumer} what it finds.
 * Used once, by one thread, which does file I/O and so is a platform thread.
 *
 * <p>Within a directory names come in the order of their bytes, so that two runs tell the same story; but since sorting
 * needs memory, a directory of more than {@value #BATCH} names is sorted piece by piece as the system lists it.
 *
 * <p>Symbolic links are followed only if asked for; then a directory that is inside of itself fails. Pipes, sockets and
 * devices have no content to send and are left out with a word. What cannot be read or named fails alone, a directory
 * with all that is in it.
 */
final class TreeScanner {
    /** Names of one directory held at once: some 200 KiB, in a tree as deep as the protocol allows some 25 MiB. */
    static final int BATCH = 1024;

    private final EntryFilter filter;
    private final Links links;
    private final Counted consumer;

    TreeScanner(EntryFilter filter, Links links, ScanConsumer consumer) {
        this.filter = filter;
        this.links = links;
        this.consumer = new Counted(consumer);
    }

    /** Passes on what is told, and knows whether anything was. */
    private static final class Counted implements ScanConsumer {
        private final ScanConsumer consumer;
        private boolean heardAny;

        Counted(ScanConsumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public void found(SourceEntry entry) {
            heardAny = true;
            consumer.found(entry);
        }

        @Override
        public void failed(String path, TransferException cause) {
            heardAny = true;
            consumer.failed(path, cause);
        }

        @Override
        public void leftOut(String path, String why) {
            heardAny = true;
            consumer.leftOut(path, why);
        }

        @Override
        public boolean isClosed() {
            return consumer.isClosed();
        }
    }

    /** Where the walk stands: a directory that is being listed, and those that it is in. */
    private static final class Level {
        final Optional<Level> above;
        final SourceEntry directory;
        final Optional<String> key;
        final EntryFilter.Choice choice;
        private boolean told;

        Level(Optional<Level> above, SourceEntry directory, Optional<String> key, EntryFilter.Choice choice) {
            this.above = above;
            this.directory = directory;
            this.key = key;
            this.choice = choice;
        }

        RelativePath path() {
            return directory.entry().path();
        }

        /** Whether a directory with this key is being listed already, here or above. */
        boolean isWithin(Optional<String> other) {
            return (key.isPresent() && key.equals(other))
                    || (above.isPresent() && above.get().isWithin(other));
        }

        void tell(ScanConsumer consumer) {
            if (!told) {
                above.ifPresent(level -> level.tell(consumer));
                consumer.found(directory);
                told = true;
            }
        }
    }

    /** Walks all of them; returns when everything was told, or soon after the consumer is closed. */
    void scan(List<Root> roots) {
        for (Root root : roots) {
            switch (root) {
                case Root.StandardInput input -> consumer.found(SourceEntry.StandardInput.named(input.name()));
                case Root.Found found -> {
                    try {
                        visit(Optional.empty(), found.name(), found.path(), found.attributes());
                    } catch (TransferException e) {
                        consumer.failed(found.name().toString(), e);
                    }
                }
            }
        }
        if (!consumer.heardAny && !consumer.isClosed()) {
            // Most likely a slip in a pattern; whoever runs a backup at night must not take that for a success.
            for (Root root : roots) {
                String name = root.name().toString();
                consumer.failed(
                        name,
                        new TransferException(
                                ErrorCode.NOTHING_CHOSEN, name, "--include and --exclude leave out all of it"));
            }
        }
    }

    private void visitChild(Level parent, Path path) {
        Path name = path.getFileName();
        try {
            RelativePath relative = child(parent.path(), name);
            visit(Optional.of(parent), relative, path, FileStamp.look(path));
        } catch (TransferException e) {
            consumer.failed(parent.path() + "/" + PathText.display(name), e);
        } catch (IOException e) {
            String what = parent.path() + "/" + PathText.display(name);
            consumer.failed(what, LocalFailure.of(what, e));
        }
    }

    private static RelativePath child(RelativePath parent, Path name) throws TransferException {
        String text = PathText.of(name);
        try {
            return parent.child(text);
        } catch (TransferException e) {
            throw new TransferException(ErrorCode.SOURCE_NAME, e.what(), e.why(), e);
        }
    }

    private void visit(Optional<Level> parent, RelativePath name, Path path, BasicFileAttributes attributes)
            throws TransferException {
        if (attributes.isSymbolicLink()) {
            visitLink(parent, name, path, attributes);
            return;
        }
        EntryKind kind = attributes.isDirectory() ? EntryKind.DIRECTORY : EntryKind.FILE;
        EntryFilter.Choice choice = choose(parent, name, kind);
        if (choice == EntryFilter.Choice.LEFT_OUT) {
            return;
        }
        if (attributes.isDirectory()) {
            visitDirectory(parent, name, path, attributes, choice);
        } else if (attributes.isOther()) {
            consumer.leftOut(name.toString(), "not a file, but a pipe, socket or device");
        } else {
            tell(parent, SourceEntry.LocalFile.of(name, path, attributes));
        }
    }

    private void visitLink(Optional<Level> parent, RelativePath name, Path path, BasicFileAttributes attributes)
            throws TransferException {
        boolean followed = links == Links.FOLLOW;
        // What is followed is chosen as what it leads to; here only the patterns that leave out its name count.
        EntryFilter.Choice choice = followed
                ? filter.choose(EntryFilter.Choice.TAKEN, name, EntryKind.LINK)
                : choose(parent, name, EntryKind.LINK);
        if (links == Links.SKIP || choice == EntryFilter.Choice.LEFT_OUT) {
            return;
        }
        try {
            if (followed) {
                Path real = path.toRealPath();
                visit(parent, name, real, FileStamp.look(real));
            } else {
                LinkTarget target = LinkTarget.parse(PathText.ofTarget(Files.readSymbolicLink(path)), name);
                tell(
                        parent,
                        new SourceEntry.WithoutContent(
                                new Entry.Link(name, target, FileStamp.travelling(attributes)), path));
            }
        } catch (IOException e) {
            throw LocalFailure.of(name.toString(), e);
        }
    }

    private void visitDirectory(
            Optional<Level> parent,
            RelativePath name,
            Path path,
            BasicFileAttributes attributes,
            EntryFilter.Choice choice)
            throws TransferException {
        Optional<String> key = FileStamp.of(attributes).key();
        if (parent.isPresent() && parent.get().isWithin(key)) {
            throw new TransferException(
                    ErrorCode.SOURCE_UNREADABLE, name.toString(), "it leads back to a directory that it is in");
        }
        SourceEntry directory =
                new SourceEntry.WithoutContent(new Entry.Directory(name, FileStamp.travelling(attributes)), path);
        Level level = new Level(parent, directory, key, choice);
        try (DirectoryStream<Path> names = Files.newDirectoryStream(path)) {
            if (choice == EntryFilter.Choice.TAKEN) {
                level.tell(consumer);
            }
            visitChildren(level, names.iterator());
        } catch (DirectoryIteratorException e) {
            // The directory itself has been told and will have its own answer; this is about what is in it.
            String inside = name + "/";
            consumer.failed(inside, LocalFailure.of(inside, Objects.requireNonNull(e.getCause())));
        } catch (IOException e) {
            throw LocalFailure.of(name.toString(), e);
        }
    }

    private void visitChildren(Level level, Iterator<Path> names) {
        List<Path> batch = new ArrayList<>();
        while (names.hasNext()) {
            batch.add(names.next());
            if (batch.size() == BATCH || !names.hasNext()) {
                Collections.sort(batch);
                for (Path child : batch) {
                    if (consumer.isClosed()) {
                        return;
                    }
                    visitChild(level, child);
                }
                batch.clear();
            }
        }
    }

    private EntryFilter.Choice choose(Optional<Level> parent, RelativePath name, EntryKind kind) {
        return filter.choose(parent.map(level -> level.choice).orElse(filter.top()), name, kind);
    }

    private void tell(Optional<Level> parent, SourceEntry entry) {
        parent.ifPresent(level -> level.tell(consumer));
        consumer.found(entry);
    }
}
