package ferry.event;

import java.util.List;

/**
 * Whoever wants to know what happens during a transfer. Sessions tell; listeners never steer.
 *
 * <p>The contract, for those who tell:
 *
 * <ul>
 *   <li><b>Order.</b> Of one transfer, {@link TransferEvent.Started} comes first and {@link TransferEvent.Finished} last,
 *       and every other event that names the transfer lies between them. Events of one thread keep their order; different
 *       transfers mix freely.
 *   <li><b>Pairing.</b> Each {@code Started} is followed by exactly one {@code Finished}, however the transfer ends. An entry
 *       is the subject of at most one {@link TransferEvent.Completed} or {@link TransferEvent.Failed}, its final answer;
 *       of a transfer that ended as it should, every entry has had one.
 *   <li><b>One reason.</b> A transfer that ends early says why once: its session either throws, and the launcher tells it,
 *       or gives {@link TransferEvent.Stopped} itself.
 * </ul>
 *
 * <p>And for those who listen: {@link #on} may be called from any thread, from several at once; it returns soon (a session's
 * reader may be the caller), calls nothing of the session, and never throws.
 */
@FunctionalInterface
public interface TransferListener {
    /** Hears everything and does nothing. */
    TransferListener NONE = event -> {};

    /** Takes note of an event, by the contract above. */
    void on(TransferEvent event);

    /**
     * Whether anybody looks at {@link TransferEvent.Frame}, asked once for each stream: words for each frame cost more than
     * the frame itself, so a session makes them only when this is true.
     */
    default boolean wantsFrames() {
        return false;
    }

    /** A listener that passes each event to all of these, in this order. */
    static TransferListener all(TransferListener... listeners) {
        List<TransferListener> copies = List.of(listeners);
        return new TransferListener() {
            @Override
            public void on(TransferEvent event) {
                for (TransferListener listener : copies) {
                    listener.on(event);
                }
            }

            @Override
            public boolean wantsFrames() {
                return copies.stream().anyMatch(TransferListener::wantsFrames);
            }
        };
    }
}
