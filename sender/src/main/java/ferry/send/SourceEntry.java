package ferry.send;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalLong;

/** An entry, and where on this machine its content is; immutable. */
sealed interface SourceEntry {
    Entry entry();

    /** The size of a file if it is known; empty also for what has no content. */
    default OptionalLong size() {
        return entry() instanceof Entry.File file ? file.size() : OptionalLong.empty();
    }

    /**
     * A directory or a symbolic link: nothing follows its offer.
     *
     * @param path of the link itself, or of the directory
     */
    record WithoutContent(Entry entry, Path path) implements SourceEntry {}

    /** Standard input, whose length nobody knows, and which can be read once. */
    record StandardInput(Entry.File entry, Input input) implements SourceEntry {
        /** Where the bytes come from. */
        interface Input {
            /** Not {@code System.in}, which copies them through a small buffer of its own. */
            Input OF_PROCESS = () -> new FileInputStream(FileDescriptor.in).getChannel();

            ReadableByteChannel open();
        }

        static StandardInput named(RelativePath name) {
            return new StandardInput(new Entry.File(name, OptionalLong.empty(), Attributes.NONE), Input.OF_PROCESS);
        }

        ReadableByteChannel open() {
            return input.open();
        }
    }

    /**
     * A regular file.
     *
     * @param path not a symbolic link: where one was followed, what it led to
     * @param stamp of the file that the entry describes
     */
    record LocalFile(Entry.File entry, Path path, FileStamp stamp) implements SourceEntry {

        static LocalFile of(RelativePath name, Path path, BasicFileAttributes attributes) {
            FileStamp stamp = FileStamp.of(attributes);
            return new LocalFile(
                    new Entry.File(name, OptionalLong.of(stamp.size()), FileStamp.travelling(attributes)), path, stamp);
        }

        /**
         * Opens the file for reading, if it is still the one that the entry describes. Whoever has read it calls
         * {@link #requireUnchanged} before the peer may take what was read for the file.
         *
         * @throws TransferException SOURCE_CHANGED if it is not, or another code of the 300s if it cannot be opened or
         *     has bytes where its size says that there are none
         */
        FileChannel open() throws TransferException {
            requireUnchanged();
            try {
                FileChannel content = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                if (stamp.size() == 0 && hasBytes(content)) {
                    content.close();
                    throw new TransferException(
                                    ErrorCode.SOURCE_UNREADABLE,
                                    entry.path().toString(),
                                    "its size is 0, but it has content, as files have that the system makes up")
                            .withHint("send it as standard input: send --name NAME - TARGET < FILE");
                }
                return content;
            } catch (IOException e) {
                throw LocalFailure.of(entry.path().toString(), e);
            }
        }

        /** Those under /proc and /sys would otherwise arrive empty, and nobody would be told. */
        private static boolean hasBytes(FileChannel content) throws IOException {
            return content.read(ByteBuffer.allocate(1), 0) > 0;
        }

        /** Throws SOURCE_CHANGED unless size, time and identity are those of the entry. */
        void requireUnchanged() throws TransferException {
            BasicFileAttributes now = look();
            if (!now.isRegularFile() || !FileStamp.of(now).equals(stamp)) {
                throw new TransferException(
                        ErrorCode.SOURCE_CHANGED, entry.path().toString(), "it changed while it was sent");
            }
        }

        /** The same file as it is now, to be offered again. */
        LocalFile refreshed() throws TransferException {
            BasicFileAttributes now = look();
            if (!now.isRegularFile()) {
                throw new TransferException(
                        ErrorCode.SOURCE_CHANGED, entry.path().toString(), "it is no longer a regular file");
            }
            return of(entry.path(), path, now);
        }

        private BasicFileAttributes look() throws TransferException {
            try {
                return FileStamp.look(path);
            } catch (IOException e) {
                throw LocalFailure.of(entry.path().toString(), e);
            }
        }
    }
}
