package ferry.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;

/** Ending sockets without a word where there is nobody left to tell, and saying in our style why one failed. */
final class Sockets {
    private Sockets() {}

    /** Closes the channel so that a TCP peer reads a reset and not the end of the stream. */
    static void abort(SocketChannel channel) {
        try {
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // Closed by somebody else, or the peer has reset it already: there is nothing left to reset.
        }
        closeQuietly(channel);
    }

    static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // A close that fails has closed as much as it can, and there is nothing to be done with it.
        }
    }

    /** The system's own words for a failure, as our messages have them: {@code Connection refused} begins in lower case. */
    static String why(IOException failure) {
        String message = failure.getMessage();
        if (message == null || message.isEmpty()) {
            return failure.getClass().getSimpleName();
        }
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
