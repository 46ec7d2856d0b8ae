package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries that a session's receiver has stored and not answered, as far as they are not in memory. If they cannot be kept, that
 * is told, and the transfer goes on as long as its connection. For the session's stream.
 */
final class StoredEntries implements AutoCloseable {
    private final TransferListener listener;
    private final StoredList list;
    private @Nullable IOException fault;
    private boolean isGivenAway;

    StoredEntries(TransferListener listener, StoredList list) {
        this.listener = listener;
        this.list = list;
    }

    void add(List<StoredEntry> entries) {
        if (fault != null) {
            return;
        }
        try {
            list.add(entries);
        } catch (IOException e) {
            fault = e;
            listener.on(new TransferEvent.Warning(
                    "directories and links cannot be remembered in a temporary file, so if the connection breaks the transfer ends: "
                            + e));
        }
    }

    /**
     * Makes sure that all can be told of in the end.
     *
     * @throws TransferException INTERNAL
     */
    void requireKept() throws TransferException {
        if (fault != null) {
            throw lost(fault);
        }
    }

    /** Tells of all. */
    void forEach(Consumer<StoredEntry> consumer) throws TransferException {
        try {
            list.rewind();
            for (Optional<StoredEntry> next = list.next(); next.isPresent(); next = list.next()) {
                consumer.accept(next.get());
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static TransferException lost(IOException cause) {
        return new TransferException(
                ErrorCode.INTERNAL, "a temporary file", "what was sent cannot be remembered: " + cause, cause);
    }

    /** Removes the sources of these. */
    void remove(BitSet released, SourceRemoval removal) {
        if (released.isEmpty()) {
            return;
        }
        if (fault != null) {
            removal.forget(released.cardinality());
            return;
        }
        try {
            for (Optional<StoredEntry> next = list.next(); next.isPresent(); next = list.next()) {
                int number = Math.toIntExact(next.get().number());
                if (released.get(number)) {
                    removal.remove(next.get().source());
                    released.clear(number);
                }
            }
            list.rewind();
        } catch (IOException e) {
            fault = e;
            removal.forget(released.cardinality());
        }
    }

    /**
     * The session is over: lets the next one have what it has left.
     *
     * @throws TransferException the cause, if not all of that is known any more
     */
    void putBack(TransferException cause, BitSet unanswered, List<ToOffer> others, Leftovers leftovers)
            throws TransferException {
        Optional<IOException> lost = Optional.ofNullable(fault);
        if (lost.isPresent()) {
            throw new TransferException(
                    cause.code(),
                    cause.what(),
                    cause.why() + "; what is to be sent again could not be remembered: " + lost.get(),
                    cause);
        }
        leftovers.putBack(list, unanswered, others);
        isGivenAway = true;
    }

    /** Forgets them, unless they were put back. */
    @Override
    public void close() {
        if (!isGivenAway) {
            list.close();
        }
    }
}
