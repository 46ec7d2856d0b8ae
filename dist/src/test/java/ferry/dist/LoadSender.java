package ferry.dist;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressFamily;
import ferry.net.Backoff;
import ferry.net.ConnectListener;
import ferry.net.ConnectOptions;
import ferry.net.Connection;
import ferry.net.Connector;
import ferry.net.Endpoint;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.OwnerId;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.TransferId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sender in this process, in plain, that stands in for a {@code send}: a thousand processes would measure the machine
 * and not the receiver. Tries again when it is told that the receiver is busy, as {@code send} does. One thread runs it.
 */
final class LoadSender {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int FRAME_BYTES = 64 << 10;

    private final Endpoint target;
    private final String name;
    private final ByteBuffer content;
    private final Duration pause;
    private final int directories;

    /** How often somebody was told that the receiver is busy, and how often a connection broke, among all senders. */
    record Refusals(AtomicInteger busy, AtomicInteger lost) {
        Refusals() {
            this(new AtomicInteger(), new AtomicInteger());
        }
    }

    /** Sends one file, with a pause after each 64 KiB. */
    static LoadSender ofFile(Endpoint target, String name, byte[] content, Duration pause) {
        return new LoadSender(target, name, content, pause, 0);
    }

    /** Sends a directory with so many others in it, and a small file of the same name. */
    static LoadSender ofTree(Endpoint target, String name, int directories) {
        return new LoadSender(target, name + "/file", new byte[1000], Duration.ZERO, directories);
    }

    private LoadSender(Endpoint target, String name, byte[] content, Duration pause, int directories) {
        this.target = target;
        this.directories = directories;
        this.name = name;
        this.content = ByteBuffer.wrap(content).asReadOnlyBuffer();
        this.pause = pause;
    }

    /** Sends until the receiver has said that the file is there. */
    void run(Refusals refusals) throws TransferException, InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (true) {
            try {
                sendOnce();
                return;
            } catch (IOException e) {
                refusals.lost().incrementAndGet();
                requireTime(end, e);
            } catch (TransferException e) {
                if (!e.code().retryable()) {
                    throw e;
                }
                (e.code() == ErrorCode.BUSY ? refusals.busy() : refusals.lost()).incrementAndGet();
                requireTime(end, e);
            }
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(100, 1000));
        }
    }

    private void requireTime(long end, Exception cause) throws TransferException {
        if (System.nanoTime() - end > 0) {
            throw new TransferException(ErrorCode.TIMEOUT, name, "it was not taken in a minute", cause);
        }
    }

    private void sendOnce() throws IOException, TransferException, InterruptedException {
        Connector connector = new Connector(new ConnectOptions(LONG, AddressFamily.ANY), ConnectListener.NONE);
        try (Connection connection = connector.connect(target, Backoff.none())) {
            connection.silenceLimit(LONG, "the receiver");
            FrameWriter writer = new FrameWriter(connection, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
            FrameReader reader = new FrameReader(connection, Side.RECEIVER, FrameTrace.OFF);
            writer.writePreface();
            writer.write(new Frame.Hello(1, 1, 0, TransferId.random(), OwnerId.NONE, LONG, "load"));
            for (int i = 0; i < directories; i++) {
                // The first is the one that the others are in.
                String path = name.replace("/file", i == 0 ? "" : "/directory-" + i);
                writer.write(Frame.Offer.of(i, new Entry.Directory(RelativePath.parse(path), Attributes.NONE)));
            }
            Entry.File file =
                    new Entry.File(RelativePath.parse(name), OptionalLong.of(content.remaining()), Attributes.NONE);
            writer.write(Frame.Offer.of(directories, file));
            writer.flush();
            await(reader, Frame.Accept.class);
            for (int from = 0; from < content.remaining(); from += FRAME_BYTES) {
                ByteBuffer body = content.slice(from, Math.min(FRAME_BYTES, content.remaining() - from));
                writer.writeData(directories, from, Crc32c.of(body.slice()), body);
                if (pause.isPositive()) {
                    writer.flush();
                    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                }
            }
            writer.write(new Frame.End(directories, content.remaining(), Crc32c.of(content.slice())));
            writer.write(new Frame.Done(directories + 1));
            writer.flush();
            await(reader, Frame.Receipt.class);
            await(reader, Frame.Finished.class);
        }
    }

    private <T extends Frame> void await(FrameReader reader, Class<T> expected) throws IOException, TransferException {
        Frame frame = reader.next();
        while (!expected.isInstance(frame)) {
            Optional<Reason> refusal = refusal(frame);
            if (refusal.isPresent()) {
                throw new TransferException(
                        refusal.get().code(), name, refusal.get().text());
            }
            frame = reader.next();
        }
    }

    private static Optional<Reason> refusal(Frame frame) {
        return switch (frame) {
            case Frame.Abort(Reason reason) -> Optional.of(reason);
            case Frame.Failed(long _, Reason reason) -> Optional.of(reason);
            case Frame.Refuse(long _, Reason reason) -> Optional.of(reason);
            default -> Optional.empty();
        };
    }
}
