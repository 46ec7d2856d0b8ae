package ferry.send;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Writes entries to a file of this process alone and reads them back; nobody else ever sees the format. Pure functions, for any
 * thread.
 */
final class SourceEntryCodec {
    private SourceEntryCodec() {}

    static void write(SourceEntry source, DataOutput out) throws IOException {
        Entry entry = source.entry();
        writeText(entry.kind().name(), out);
        writeText(entry.path().toString(), out);
        writeAttributes(entry.attributes(), out);
        switch (source) {
            case SourceEntry.WithoutContent other -> {
                writeText(entry instanceof Entry.Link link ? link.target().toString() : "", out);
                writeText(other.path().toString(), out);
            }
            case SourceEntry.LocalFile file -> {
                writeStamp(file.stamp(), out);
                writeText(file.path().toString(), out);
            }
            case SourceEntry.StandardInput _ ->
                throw new IllegalArgumentException("standard input cannot be read again");
        }
    }

    /** What {@link #write} has written. */
    static SourceEntry read(DataInput in) throws IOException {
        EntryKind kind = EntryKind.valueOf(readText(in));
        try {
            RelativePath name = RelativePath.parse(readText(in));
            Attributes attributes = readAttributes(in);
            return switch (kind) {
                case FILE -> {
                    FileStamp stamp = readStamp(in);
                    Entry.File entry = new Entry.File(name, OptionalLong.of(stamp.size()), attributes);
                    yield new SourceEntry.LocalFile(entry, Path.of(readText(in)), stamp);
                }
                case DIRECTORY -> {
                    readText(in);
                    yield new SourceEntry.WithoutContent(new Entry.Directory(name, attributes), Path.of(readText(in)));
                }
                case LINK -> {
                    LinkTarget target = LinkTarget.parse(readText(in), name);
                    yield new SourceEntry.WithoutContent(
                            new Entry.Link(name, target, attributes), Path.of(readText(in)));
                }
            };
        } catch (TransferException e) {
            throw new IOException("what was written is not what is read", e);
        }
    }

    private static void writeAttributes(Attributes attributes, DataOutput out) throws IOException {
        out.writeBoolean(attributes.modified().isPresent());
        if (attributes.modified().isPresent()) {
            writeInstant(attributes.modified().get(), out);
        }
        out.writeInt(attributes.mode().orElse(-1));
    }

    private static Attributes readAttributes(DataInput in) throws IOException {
        Optional<Instant> modified = in.readBoolean() ? Optional.of(readInstant(in)) : Optional.empty();
        int mode = in.readInt();
        return new Attributes(modified, mode < 0 ? OptionalInt.empty() : OptionalInt.of(mode));
    }

    private static void writeStamp(FileStamp stamp, DataOutput out) throws IOException {
        out.writeLong(stamp.size());
        writeInstant(stamp.modified(), out);
        out.writeBoolean(stamp.key().isPresent());
        if (stamp.key().isPresent()) {
            writeText(stamp.key().get(), out);
        }
    }

    private static FileStamp readStamp(DataInput in) throws IOException {
        long size = in.readLong();
        Instant modified = readInstant(in);
        return new FileStamp(size, modified, in.readBoolean() ? Optional.of(readText(in)) : Optional.empty());
    }

    private static void writeInstant(Instant instant, DataOutput out) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static Instant readInstant(DataInput in) throws IOException {
        long second = in.readLong();
        return Instant.ofEpochSecond(second, in.readInt());
    }

    private static void writeText(String text, DataOutput out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
