package ferry.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A handler that has nothing to do with files: asked with a line {@code SEED COUNT}, it answers with that many random numbers, a line
 * each, and closes. It shows that the accept loop serves any handler.
 */
final class RandomNumberServer implements ConnectionHandler {
    private static final int MAX_REQUEST_BYTES = 64;

    @Override
    public void handle(Connection connection) throws IOException {
        String[] request = readLine(connection).split(" ", -1);
        connection.write(Peers.bytes(numbers(Long.parseLong(request[0]), Integer.parseInt(request[1]))));
    }

    /** The answer to a request. */
    static String numbers(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(random.nextLong()).append('\n');
        }
        return lines.toString();
    }

    private static String readLine(Connection connection) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(MAX_REQUEST_BYTES);
        while (request.hasRemaining() && connection.read(request) >= 0) {
            String text = new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII);
            int end = text.indexOf('\n');
            if (end >= 0) {
                return text.substring(0, end);
            }
        }
        throw new IOException("no request");
    }
}
