package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.send.Outgoing.Attempts;
import ferry.send.Outgoing.Whole;
import ferry.wire.Frame;
import ferry.wire.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays transfers of many files against a {@link Ledger}, in random order: a stream whose sources change and a receiver that
 * keeps to the protocol, over connections that break. Whatever happens, neither may wait for the other for ever, the sender keeps
 * to its limits, and each entry gets one final answer.
 */
@Timeout(60)
class LedgerRandomTest {
    private static final int CREDIT = 1024;
    private static final int MOST_ENTRIES = 100;
    private static final int MOST_CHUNKS = 100;
    private static final Whole WHOLE = new Whole(7, 8);

    /** What the receiver knows of an entry that it has not answered finally. */
    private static final class Pending {
        final Outgoing entry;
        boolean judged;
        boolean stored;
        boolean ended;
        final TreeSet<Long> missing = new TreeSet<>();
        final List<Long> proofs = new ArrayList<>();
        final List<Long> same = new ArrayList<>();

        Pending(Outgoing entry) {
            this.entry = entry;
        }

        boolean isFile() {
            return entry.entry().kind() == EntryKind.FILE;
        }
    }

    private final Leftovers leftovers = new Leftovers();
    private final List<String> answered = new ArrayList<>();
    private Ledger ledger = new Ledger(Ledger.AfterDone.OFFER_AGAIN);
    private StoredList stored = StoredList.inTemporaryFolder();
    private final Map<Long, Pending> pending = new TreeMap<>();
    private final Map<Outgoing, Long> progress = new HashMap<>();
    private Random random = new Random(0);
    private int toFind;
    private int oneFailsIn;
    private int oneBreakIn;
    private int names;
    private boolean allTold;

    /** How many steps the stream takes for one of the receiver. */
    private int haste;

    private long offers;
    /** Whether the stream waits: it looks again when something happens, and not before. */
    private boolean waiting;

    private boolean done;
    private boolean finished;

    static List<Long> seeds() {
        Random random = new Random();
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            seeds.add(random.nextLong());
        }
        return seeds;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void comesToAnEnd(long seed) throws Exception {
        random = new Random(seed);
        toFind = 1 + random.nextInt(random.nextBoolean() ? 5 : MOST_ENTRIES);
        oneFailsIn = 5 + random.nextInt(500);
        oneBreakIn = 20 + random.nextInt(5000);
        int all = toFind;
        haste = 1 + random.nextInt(30);
        ledger.welcome(CREDIT, 1 << 20);
        while (!finished) {
            if (random.nextInt(oneBreakIn) == 0) {
                breakConnection();
            }
            int who = random.nextInt(2 + haste);
            boolean moved = who == 0 ? find() : who == 1 ? answer() : stream();
            if (!moved && !find() && !stream() && !answer()) {
                throw new AssertionError("stands still at %d offers, pending %s".formatted(offers, pending.keySet()));
            }
        }
        assertThat(pending).isEmpty();
        assertThat(answered).hasSize(all).doesNotHaveDuplicates();
        if (ledger.isAllAnswered()) {
            assertThat(ledger.next()).isEqualTo(new Work.Finish());
        }
    }

    /** The session ends, and another begins with what is left. */
    private void breakConnection() throws Exception {
        // A broken connection is none of an entry's reasons, so it may break as often as it likes.
        oneBreakIn += 10;
        leftovers.putBack(stored, ledger.storedNumbers(), ledger.unanswered());
        stored = StoredList.inTemporaryFolder();
        ledger = new Ledger(Ledger.AfterDone.OFFER_AGAIN);
        ledger.welcome(CREDIT, 1 << 20);
        pending.clear();
        progress.clear();
        offers = 0;
        waiting = false;
        allTold = false;
        done = false;
        finished = false;
    }

    private boolean find() throws Exception {
        if (allTold) {
            return false;
        }
        waiting = false;
        Optional<ToOffer> left = leftovers.next();
        if (left.isPresent()) {
            ledger.found(left.get());
            return true;
        }
        if (toFind == 0) {
            ledger.allFound();
            allTold = true;
            return true;
        }
        toFind--;
        String name = "e" + names++;
        long size = random.nextInt(4) == 0
                ? random.nextInt(Limits.MAX_EAGER_FILE)
                : (long) (1 + random.nextInt(MOST_CHUNKS)) * Chunks.SIZE;
        ledger.found(ToOffer.first(random.nextInt(5) == 0 ? LedgerTest.directory(name) : LedgerTest.file(name, size)));
        return true;
    }

    /** The stream's turn. */
    private boolean stream() throws Exception {
        if (waiting) {
            return false;
        }
        Optional<Work> work = ledger.poll();
        if (work.isEmpty()) {
            waiting = true;
            return false;
        }
        switch (work.get()) {
            case Work.Offer(Outgoing entry, Work.Manner manner) -> {
                assertThat(entry.number()).isEqualTo(offers++);
                assertThat(done).as("DONE is said").isFalse();
                pending.put(entry.number(), new Pending(entry));
                if (manner == Work.Manner.WITH_CONTENT) {
                    end(entry);
                }
            }
            case Work.Advance(Outgoing file) -> advance(file);
            case Work.SendAsked(Outgoing file, long chunk) -> {
                if (random.nextInt(40) == 0) {
                    withdraw(file);
                } else {
                    Pending there = pending.get(file.number());
                    if (there != null) {
                        there.missing.remove(chunk);
                    }
                }
            }
            case Work.SendPart _, Work.Conclude _, Work.GiveUp _, Work.Resend _ ->
                throw new AssertionError("there is one stream");
            case Work.Flush(), Work.Remove(List<SourceEntry> _) -> {}
            case Work.Spill(List<StoredEntry> entries) -> stored.add(entries);
            case Work.Done(long entries) -> {
                assertThat(entries).isEqualTo(offers);
                done = true;
            }
            case Work.Finish() -> throw new AssertionError("FINISHED was not said");
        }
        return true;
    }

    private void advance(Outgoing file) throws Exception {
        long chunk = progress.getOrDefault(file, 0L);
        if (random.nextInt(100) == 0) {
            withdraw(file);
            return;
        }
        if (random.nextInt(4) == 0) {
            // While the stream opens the source.
            answer();
        }
        Pending there = pending.get(file.number());
        if (file.isProved(chunk)) {
            if (!ledger.mayProve(file, chunk)) {
                return;
            }
            if (there != null) {
                there.proofs.add(chunk);
            }
        } else if (there != null) {
            there.missing.remove(chunk);
        }
        progress.put(file, chunk + 1);
        if (chunk + 1 < Chunks.count(file.size().orElse(0))) {
            ledger.more(file);
        } else {
            end(file);
        }
        int open = pending.values().stream().mapToInt(one -> one.proofs.size()).sum();
        assertThat(open).as("proofs without answer").isLessThanOrEqualTo(Limits.MAX_UNANSWERED_PROOFS);
    }

    private void end(Outgoing file) {
        ledger.ended(file, WHOLE);
        Pending there = pending.get(file.number());
        if (there != null) {
            there.ended = true;
            there.judged = true;
        }
    }

    private void withdraw(Outgoing file) {
        if (ledger.withdraw(file)) {
            pending.remove(file.number());
            Attempts next = file.attempts().afterTorn();
            if (next.areAllowed()) {
                ledger.offerAgain(file.source(), next);
            } else {
                answer(file);
            }
        }
    }

    /** The receiver's turn. */
    private boolean answer() throws Exception {
        List<Pending> all = new ArrayList<>(pending.values());
        if (all.isEmpty()) {
            if (!done) {
                return false;
            }
            ledger.finished();
            if (ledger.isAllAnswered()) {
                finished = true;
            } else {
                breakConnection();
            }
            return true;
        }
        int first = random.nextInt(all.size());
        for (int i = 0; i < all.size(); i++) {
            if (answer(all.get((first + i) % all.size()))) {
                waiting = false;
                return true;
            }
        }
        return false;
    }

    private boolean answer(Pending entry) throws Exception {
        long number = entry.entry.number();
        if (random.nextInt(oneFailsIn) == 0) {
            ErrorCode code = random.nextBoolean() ? ErrorCode.NO_SPACE : ErrorCode.CORRUPT_FILE;
            waiting = false;
            if (!(ledger.failed(number, code) instanceof InFlight.Ended.Again)) {
                answer(entry.entry);
            }
            pending.remove(number);
        } else if (!entry.isFile()) {
            return settle(entry);
        } else if (!entry.judged) {
            judge(entry);
        } else if (!entry.proofs.isEmpty()) {
            long chunk = entry.proofs.removeFirst();
            if (random.nextBoolean()) {
                ledger.same(number, chunk);
                entry.missing.remove(chunk);
                entry.same.add(chunk);
            } else {
                ledger.send(number, chunk);
            }
        } else if (!entry.same.isEmpty() && random.nextInt(10) == 0) {
            long chunk = entry.same.removeFirst();
            entry.missing.add(chunk);
            ledger.send(number, chunk);
        } else if (entry.ended && entry.missing.isEmpty()) {
            ledger.receipt(ScriptedFerryReceiver.receipt(number, WHOLE.size(), WHOLE.crc()));
            answer(entry.entry);
            pending.remove(number);
        } else {
            return false;
        }
        return true;
    }

    private boolean settle(Pending entry) throws Exception {
        long number = entry.entry.number();
        if (!entry.stored) {
            ledger.stored(number);
            entry.stored = true;
            return true;
        }
        if (!done) {
            return false;
        }
        ledger.receipt(
                new Frame.Receipt(number, EntryKind.DIRECTORY, Outcome.PLACED, Durability.DURABLE, 0, 0, "placed"));
        answer(entry.entry);
        pending.remove(number);
        return true;
    }

    /** It has its final answer. */
    private void answer(Outgoing entry) {
        answered.add(entry.entry().path().toString());
    }

    private void judge(Pending entry) throws Exception {
        long number = entry.entry.number();
        long chunks = Chunks.count(entry.entry.size().orElse(0));
        entry.judged = true;
        for (long chunk = 0; chunk < chunks; chunk++) {
            entry.missing.add(chunk);
        }
        if (entry.entry.size().orElse(0) > Limits.MAX_EAGER_FILE && random.nextInt(3) > 0) {
            long first = random.nextLong(chunks);
            ledger.compare(
                    number, ChunkSet.of(List.of(new ChunkSet.Range(first, 1 + random.nextLong(chunks - first)))));
        } else {
            ledger.accepted(number);
        }
    }
}
