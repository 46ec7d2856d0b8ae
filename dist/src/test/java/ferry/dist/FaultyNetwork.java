package ferry.dist;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network between sender and receiver in which something happens once. What is not encrypted it understands as far as to
 * know where frames begin and end. Two threads carry a connection; closing it ends all connections.
 */
final class FaultyNetwork implements AutoCloseable {
    /** A direction, by who speaks. */
    enum From {
        SENDER,
        RECEIVER
    }

    /** What passes as a whole: a frame of this type, or the preface. */
    record Unit(From from, int type) {
        /** In place of a type. */
        static final int PREFACE = -1;

        /** For bytes that are not understood, such as those of TLS. */
        static final int BYTES = -2;

        @Override
        public String toString() {
            return switch (type) {
                case PREFACE -> "preface";
                case BYTES -> "bytes from " + from;
                default -> "%s 0x%02x".formatted(from, type);
            };
        }
    }

    /** A unit that has passed, and its length in bytes. */
    record Passed(Unit unit, int length) {}

    /** What happens to a unit: it passes what it lets pass. */
    @FunctionalInterface
    interface Fault {
        void strike(byte[] unit, Line line) throws IOException;
    }

    /**
     * What happens, and to which of the units of a kind.
     *
     * @param occurrence counted from 0
     * @param from so many bytes of such units pass before they are counted
     */
    record Plan(Unit unit, int occurrence, long from, Fault fault) {
        Plan(Unit unit, int occurrence, Fault fault) {
            this(unit, occurrence, 0, fault);
        }

        /** To the first bytes behind so many of this direction, where they are not understood. */
        static Plan atByte(From from, long byteNumber, Fault fault) {
            return new Plan(new Unit(from, Unit.BYTES), 0, byteNumber, fault);
        }
    }

    /** The ends of a connection and what may be done with it, as one direction sees it. */
    static final class Line {
        private final Socket source;
        private final Socket sink;
        private final CountDownLatch otherEnded;

        Line(Socket source, Socket sink, CountDownLatch otherEnded) {
            this.source = source;
            this.sink = sink;
            this.otherEnded = otherEnded;
        }

        void pass(byte[] bytes) throws IOException {
            pass(bytes, 0, bytes.length);
        }

        void pass(byte[] bytes, int from, int to) throws IOException {
            sink.getOutputStream().write(bytes, from, to - from);
        }

        /** Both sides are told that there is no more, as if the other had ended in order. */
        void cut() throws IOException {
            sink.shutdownOutput();
            source.shutdownOutput();
            source.getInputStream().transferTo(OutputStream.nullOutputStream());
        }

        /** Both sides lose the connection. */
        void reset() throws IOException {
            for (Socket each : List.of(source, sink)) {
                each.setSoLinger(true, 0);
                each.close();
            }
        }

        /** Nothing comes any more in this direction, until a side gives up. */
        void stall() throws IOException {
            try {
                otherEnded.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    /** How what passes is divided. */
    enum Division {
        FRAMES,
        BYTES
    }

    private static final int HEADER = 8;
    private static final int CRC = 4;
    private static final int BLOCK = 1024;

    private final ServerSocket server;
    private final int target;
    private final Division division;
    private final Plan plan;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicLong bytesSeen = new AtomicLong();
    private final AtomicBoolean struck = new AtomicBoolean();
    private final List<Passed> passed = new ArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private FaultyNetwork(int target, Division division, Plan plan) {
        this.target = target;
        this.division = division;
        this.plan = plan;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Leads to this port of the loopback address. */
    static FaultyNetwork to(int port, Division division, Plan plan) {
        return new FaultyNetwork(port, division, plan);
    }

    String endpoint() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    /** Whether what was planned has happened. */
    boolean hasStruck() {
        return struck.get();
    }

    /** What has passed so far, in the order of each direction. */
    List<Passed> passed() {
        synchronized (passed) {
            return List.copyOf(passed);
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket near = server.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(near);
                sockets.add(far);
                Thread.ofVirtual().start(() -> carry(near, far));
            } catch (IOException e) {
                return; // Closed.
            }
        }
    }

    private void carry(Socket near, Socket far) {
        CountDownLatch toReceiver = new CountDownLatch(1);
        CountDownLatch toSender = new CountDownLatch(1);
        Thread back = Thread.ofVirtual().start(() -> pump(From.RECEIVER, new Line(far, near, toReceiver), toSender));
        pump(From.SENDER, new Line(near, far, toSender), toReceiver);
        try (near;
                far) {
            back.join();
        } catch (IOException e) {
            // Nobody is left to be told.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sockets.remove(near);
        sockets.remove(far);
    }

    private void pump(From from, Line line, CountDownLatch ended) {
        try {
            DataInputStream in = new DataInputStream(line.source.getInputStream());
            boolean first = true;
            while (true) {
                byte[] unit = division == Division.FRAMES ? frame(in, first && from == From.SENDER) : block(in);
                pass(new Unit(from, type(unit, first && from == From.SENDER)), unit, line);
                first = false;
            }
        } catch (EOFException e) {
            end(line.sink);
        } catch (IOException e) {
            // A reset of one side is one for the other.
            close(line.source);
            close(line.sink);
        } finally {
            ended.countDown();
        }
    }

    private void pass(Unit unit, byte[] bytes, Line line) throws IOException {
        synchronized (passed) {
            passed.add(new Passed(unit, bytes.length));
        }
        boolean isMeant = unit.equals(plan.unit())
                && bytesSeen.getAndAdd(bytes.length) >= plan.from()
                && seen.getAndIncrement() == plan.occurrence();
        if (isMeant && struck.compareAndSet(false, true)) {
            plan.fault().strike(bytes, line);
        } else {
            line.pass(bytes);
        }
    }

    private int type(byte[] unit, boolean isPreface) {
        if (division == Division.BYTES) {
            return Unit.BYTES;
        }
        return isPreface ? Unit.PREFACE : unit[0];
    }

    private static byte[] frame(DataInputStream in, boolean isPreface) throws IOException {
        byte[] header = exactly(in, HEADER);
        if (isPreface) {
            return header;
        }
        int control = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(2));
        int body = ByteBuffer.wrap(header).getInt(4);
        byte[] rest = exactly(in, control + CRC + body);
        return ByteBuffer.allocate(HEADER + rest.length).put(header).put(rest).array();
    }

    private static byte[] exactly(DataInputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    private static byte[] block(DataInputStream in) throws IOException {
        byte[] bytes = new byte[BLOCK];
        int count = in.read(bytes);
        if (count < 0) {
            throw new EOFException();
        }
        return ByteBuffer.allocate(count).put(bytes, 0, count).array();
    }

    private static void end(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // It has left already.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(FaultyNetwork::close);
    }
}
