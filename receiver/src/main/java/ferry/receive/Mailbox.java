package ferry.receive;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Steps that run one at a time and in order, on a pool that many mailboxes share.
 *
 * <p>Any thread may post, and posting never waits. What a step writes, the next one sees, whichever thread runs it, so
 * what the steps of one mailbox share needs no lock. Its own lock guards the queue and is held for a few instructions.
 *
 * <p>A step should not throw: there is nobody to tell but the pool, and the next steps run all the same. After {@value #TURN} steps the mailbox goes to the end of the pool's
 * queue, so that a large file does not keep small ones waiting.
 */
final class Mailbox<S> {
    private static final int TURN = 16;

    private final Executor pool;
    private final Consumer<S> handler;
    private final ArrayDeque<S> steps = new ArrayDeque<>(4);
    private final Runnable turn = this::runTurn;

    /** Whether a turn is due or running, or nothing may run yet. */
    private boolean scheduled;

    /** Whether what is posted runs. */
    private enum Gate {
        OPEN,
        HELD
    }

    private Mailbox(Executor pool, Consumer<S> handler, Gate gate) {
        this.pool = pool;
        this.handler = handler;
        this.scheduled = gate == Gate.HELD;
    }

    /** A mailbox whose steps run as soon as they are posted. */
    static <S> Mailbox<S> open(Executor pool, Consumer<S> handler) {
        return new Mailbox<>(pool, handler, Gate.OPEN);
    }

    /** A mailbox that keeps what is posted until {@link #begin}. */
    static <S> Mailbox<S> held(Executor pool, Consumer<S> handler) {
        return new Mailbox<>(pool, handler, Gate.HELD);
    }

    /** Lets a held mailbox run: first this step, then those that were posted before. Once. */
    void begin(S first) {
        synchronized (steps) {
            steps.addFirst(first);
        }
        pool.execute(turn);
    }

    /** As {@link #begin}, on the caller's thread, which is one of the pool's. */
    void runAll(S first) {
        synchronized (steps) {
            steps.addFirst(first);
        }
        runTurn();
    }

    void post(S step) {
        synchronized (steps) {
            steps.add(step);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        pool.execute(turn);
    }

    /** As {@link #post}, but runs the step here and now if none is due before it; the caller's thread must be fit for it. */
    void runOrPost(S step) {
        synchronized (steps) {
            if (scheduled) {
                steps.add(step);
                return;
            }
            scheduled = true;
        }
        try {
            handler.accept(step);
        } finally {
            goOn();
        }
    }

    /** After a step out of turn: what was posted meanwhile gets its turn. */
    private void goOn() {
        synchronized (steps) {
            if (steps.isEmpty()) {
                scheduled = false;
                return;
            }
        }
        pool.execute(turn);
    }

    private void runTurn() {
        boolean more = true;
        try {
            more = runSteps();
        } finally {
            if (more) {
                pool.execute(turn);
            }
        }
    }

    /** Whether there may be more to run. */
    private boolean runSteps() {
        for (int i = 0; i < TURN; i++) {
            S step;
            synchronized (steps) {
                step = steps.poll();
                if (step == null) {
                    scheduled = false;
                    return false;
                }
            }
            handler.accept(step);
        }
        return true;
    }
}
