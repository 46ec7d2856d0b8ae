package ferry.send;

import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.send.Outgoing.Whole;
import ferry.wire.Frame;
import ferry.wire.FrameWriter;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes each file of a session from its first chunk to END, one chunk at a time as the {@link Ledger} says, and sends single
 * chunks that are asked for. For the stream's thread alone; only {@link #close} may come from another, to end a wait for
 * standard input.
 *
 * <p>What it throws as {@link TransferException} is the fault of the one source, as {@link IOException} the connection's.
 */
final class FileSender implements AutoCloseable {
    private final FrameWriter writer;
    private final Ledger ledger;
    private final ContentSender content;
    private final Map<Outgoing, Reading> readings = new ConcurrentHashMap<>();
    private boolean hasReadInput;

    /** An open source, and how far it was sent. */
    private sealed interface Reading {
        Channel channel();
    }

    private static final class FileReading implements Reading {
        private final SourceEntry.LocalFile file;
        private final FileChannel channel;
        private final WholeChecksums checksums;
        private long nextChunk;

        FileReading(SourceEntry.LocalFile file, WholeChecksums checksums) throws TransferException {
            this.file = file;
            this.channel = file.open();
            this.checksums = checksums;
        }

        @Override
        public FileChannel channel() {
            return channel;
        }
    }

    private record InputReading(SourceEntry.StandardInput input, ReadableByteChannel channel, WholeChecksums checksums)
            implements Reading {}

    FileSender(FrameWriter writer, Ledger ledger, ContentSender content) {
        this.writer = writer;
        this.ledger = ledger;
        this.content = content;
    }

    /** Whether something of the file was read already. */
    boolean isReading(Outgoing file) {
        return readings.containsKey(file);
    }

    /** Whether standard input was opened, and so cannot be read from its beginning any more. */
    boolean hasReadInput() {
        return hasReadInput;
    }

    /** Sends, or proves, the next chunk of a file, and END after the last; the ledger hears which. */
    void advance(Outgoing outgoing) throws IOException, TransferException, InterruptedException {
        long next = readings.get(outgoing) instanceof FileReading begun ? begun.nextChunk : 0;
        // Asked before the source is opened: so many may wait here that their open files would be too many.
        if (outgoing.isProved(next) && !ledger.mayProve(outgoing, next)) {
            return;
        }
        switch (reading(outgoing)) {
            case FileReading reading -> advance(outgoing, reading);
            case InputReading reading -> advance(outgoing, reading);
        }
    }

    private void advance(Outgoing outgoing, FileReading reading)
            throws IOException, TransferException, InterruptedException {
        long size = reading.file.stamp().size();
        long chunk = reading.nextChunk;
        if (chunk < Chunks.count(size)) {
            int crc = outgoing.isProved(chunk)
                    ? content.prove(outgoing.number(), reading.file, reading.channel, chunk, reading.checksums)
                    : content.send(outgoing.number(), reading.file, reading.channel, chunk, reading.checksums);
            reading.checksums.append(crc, Chunks.length(chunk, size));
            reading.nextChunk++;
        }
        if (reading.nextChunk < Chunks.count(size)) {
            ledger.more(outgoing);
        } else {
            reading.file.requireUnchanged();
            end(outgoing, reading.checksums);
        }
    }

    private void advance(Outgoing outgoing, InputReading reading)
            throws IOException, TransferException, InterruptedException {
        if (content.sendSome(outgoing.number(), reading.input, reading.channel, reading.checksums)) {
            ledger.more(outgoing);
        } else {
            end(outgoing, reading.checksums);
        }
    }

    private void end(Outgoing outgoing, WholeChecksums checksums) throws IOException {
        forget(outgoing);
        Whole whole = checksums.whole();
        ledger.ended(outgoing, whole);
        writer.write(new Frame.End(outgoing.number(), whole.size(), whole.crc()));
    }

    /** Sends END of a file whose chunks were all sent, unless it has changed since it was offered. */
    void conclude(Outgoing outgoing, Whole whole) throws IOException, TransferException {
        if (outgoing.source() instanceof SourceEntry.LocalFile file) {
            file.requireUnchanged();
        }
        ledger.ended(outgoing, whole);
        writer.write(new Frame.End(outgoing.number(), whole.size(), whole.crc()));
    }

    /** Sends a chunk that the receiver has asked for, though it was proved before. */
    void sendAsked(Outgoing outgoing, long chunk) throws IOException, TransferException, InterruptedException {
        if (readings.get(outgoing) instanceof FileReading reading) {
            content.send(outgoing.number(), reading.file, reading.channel, chunk, PieceListener.NOBODY);
        } else if (outgoing.source() instanceof SourceEntry.LocalFile file) {
            try (FileChannel channel = file.open()) {
                content.send(outgoing.number(), file, channel, chunk, PieceListener.NOBODY);
            }
            file.requireUnchanged();
        }
    }

    /** Closes the source of an entry that needs it no longer, if it is open. */
    void forget(Outgoing outgoing) {
        Reading reading = readings.remove(outgoing);
        if (reading != null) {
            close(reading.channel());
        }
    }

    /** Closes all sources. */
    @Override
    public void close() {
        readings.keySet().forEach(this::forget);
    }

    private Reading reading(Outgoing outgoing) throws TransferException {
        Reading reading = readings.get(outgoing);
        if (reading == null) {
            readings.keySet().stream().filter(ledger::isClosed).forEach(this::forget);
            reading = open(outgoing);
            readings.put(outgoing, reading);
        }
        return reading;
    }

    private Reading open(Outgoing outgoing) throws TransferException {
        return switch (outgoing.source()) {
            case SourceEntry.LocalFile file -> new FileReading(file, content.checksums());
            case SourceEntry.StandardInput input -> {
                hasReadInput = true;
                yield new InputReading(input, input.open(), content.checksums());
            }
            case SourceEntry.WithoutContent other ->
                throw new TransferException(
                        ErrorCode.INTERNAL, other.entry().path().toString(), "it has no content to send");
        };
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It was only read from; there is nothing to lose.
        }
    }
}
