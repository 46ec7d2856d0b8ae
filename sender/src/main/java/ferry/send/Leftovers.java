package ferry.send;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What sessions that broke have taken and not got a final answer for; the next session takes it before it takes what the scan finds.
 * For one thread at a time: a session that is over puts back, the feeder of the next one takes.
 */
final class Leftovers implements AutoCloseable {
    private interface Part extends AutoCloseable {
        Optional<ToOffer> next() throws IOException;

        @Override
        void close();
    }

    /** In memory. */
    private record Listed(Iterator<ToOffer> entries) implements Part {
        @Override
        public Optional<ToOffer> next() {
            return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
        }

        @Override
        public void close() {}
    }

    /** On disk; of these only those that are still unanswered. */
    private record Spilled(StoredList entries, BitSet unanswered) implements Part {
        @Override
        public Optional<ToOffer> next() throws IOException {
            Optional<StoredEntry> entry = entries.next();
            while (entry.isPresent()
                    && !unanswered.get(Math.toIntExact(entry.get().number()))) {
                entry = entries.next();
            }
            return entry.map(stored -> ToOffer.first(stored.source()));
        }

        @Override
        public void close() {
            entries.close();
        }
    }

    private final Deque<Part> parts = new ArrayDeque<>();

    /**
     * Takes what a session has left, which comes before what others have left: first what was stored, directories mostly, then the
     * others.
     *
     * @param spilled from now on ours
     * @param unanswered the numbers of those in there that have no final answer
     */
    void putBack(StoredList spilled, BitSet unanswered, List<ToOffer> others) {
        parts.addFirst(new Listed(others.iterator()));
        parts.addFirst(new Spilled(spilled, unanswered));
    }

    /** The next one, or empty if there is none. */
    Optional<ToOffer> next() throws IOException {
        while (!parts.isEmpty()) {
            Optional<ToOffer> next = parts.element().next();
            if (next.isPresent()) {
                return next;
            }
            parts.remove().close();
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        parts.forEach(Part::close);
    }
}
