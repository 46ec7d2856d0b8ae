package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.receive.EntryBudget.Account;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EntryBudgetTest {
    private static final int LIMIT = 1000;

    private final List<String> evicted = new CopyOnWriteArrayList<>();

    private Account open(EntryBudget budget, String name) {
        return budget.open(reason -> evicted.add(name + " " + reason.code()));
    }

    private static CompletableFuture<Void> taking(Account account, long bytes) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                account.take(bytes);
                taken.complete(null);
            } catch (TransferException | InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        return taken.orTimeout(20, TimeUnit.SECONDS);
    }

    private static void assertWaits(CompletableFuture<Void> take) {
        await().during(Duration.ofMillis(100)).until(() -> !take.isDone());
    }

    @Test
    void keepsHalfForThoseWhoHoldNoMoreThanTheirShare() throws Exception {
        EntryBudget budget = new EntryBudget(LIMIT, Duration.ofMinutes(1));
        Account greedy = open(budget, "greedy");
        Account modest = open(budget, "modest");
        greedy.take(500);
        assertWaits(taking(greedy, 1));
        modest.take(125);
        assertThat(budget.taken()).isEqualTo(625);
        assertWaits(taking(modest, 1));
    }

    /** One that must wait for so much, while the first one has taken half. */
    private static CompletableFuture<Void> waiting(Account first, Account second, int bytes) throws Exception {
        first.take(500);
        CompletableFuture<Void> take = taking(second, bytes);
        assertWaits(take);
        return take;
    }

    @Test
    void letsWhoWaitsGoOnAsSoonAsThereIsRoom() throws Exception {
        EntryBudget budget = new EntryBudget(LIMIT, Duration.ofMinutes(1));
        Account first = open(budget, "first");
        CompletableFuture<Void> take = waiting(first, open(budget, "second"), 300);
        first.release(300);
        take.join();
        assertThat(budget.taken()).isEqualTo(500);
        assertThat(evicted).isEmpty();
    }

    @Test
    void endsOfThoseThatStandStillTheOneThatHoldsMost() throws Exception {
        EntryBudget budget = new EntryBudget(LIMIT, Duration.ofMillis(300));
        Account large = open(budget, "large");
        Account small = open(budget, "small");
        Account honest = open(budget, "honest");
        large.take(300);
        small.take(200);
        CompletableFuture<Void> take = taking(honest, 300);
        await().until(() -> !evicted.isEmpty());
        assertThat(evicted).containsExactly("large BUSY");
        assertThat(take).as("what it held is still there").isNotDone();
        large.release(300);
        take.join();
        assertThat(evicted).containsExactly("large BUSY");
    }

    @Test
    void endsNobodyWhoGoesOn() throws Exception {
        // One in, one out, as a transfer does that has all of its credit in flight.
        assertLastsWhile(busy -> {
            busy.release(40);
            busy.take(40);
        });
    }

    @Test
    void endsNobodyWhoseContentArrives() throws Exception {
        assertLastsWhile(sending -> sending.contentArrived(1 << 20));
    }

    /** What a transfer does again and again. */
    private interface Step {
        void of(Account account) throws TransferException, InterruptedException;
    }

    /** That a transfer with half of the memory keeps it while it does this, for much longer than it may stand still. */
    private void assertLastsWhile(Step step) throws Exception {
        Duration standstill = Duration.ofMillis(500);
        EntryBudget budget = new EntryBudget(LIMIT, standstill);
        Account going = open(budget, "going on");
        Account waiting = open(budget, "waiting");
        going.take(500);
        CompletableFuture<Void> take = taking(waiting, 400);
        long end = System.nanoTime() + 4 * standstill.toNanos();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            step.of(going);
            return System.nanoTime() - end > 0;
        });
        assertThat(evicted).isEmpty();
        assertThat(take).isNotDone();
    }

    @Test
    void grantsSoMuchCreditThatSomeLargeTransfersFitAtOnce() {
        long half = 32L << 20;
        EntryBudget budget = new EntryBudget(2 * half, Duration.ofMinutes(1));
        List<Account> accounts =
                List.of(open(budget, "first"), open(budget, "second"), open(budget, "third"), open(budget, "fourth"));

        assertThat(accounts).extracting(Account::credit).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(accounts.getFirst().credit()).isEqualTo(ReceiveSession.CREDIT);
        assertThat(accounts.stream().mapToLong(Account::credit).sum() * EntryBudget.weight(100))
                .isLessThanOrEqualTo(half);

        accounts.forEach(Account::close);
        assertThat(open(budget, "later").credit()).isEqualTo(ReceiveSession.CREDIT);
    }

    @Test
    void endsWhoGetsRidOfTooLittleToBeCalledGoingOn() throws Exception {
        EntryBudget budget = new EntryBudget(LIMIT, Duration.ofMillis(300));
        Account trickling = open(budget, "trickling");
        Account honest = open(budget, "honest");
        trickling.take(500);
        CompletableFuture<Void> take = taking(honest, 400);
        long held = 500;
        try {
            while (true) {
                trickling.release(1);
                held--;
                trickling.take(1);
                held++;
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (TransferException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.BUSY);
        }
        await().until(() -> !evicted.isEmpty());
        assertThat(evicted).containsExactly("trickling BUSY");
        trickling.release(held);
        take.join();
    }

    @Test
    void tellsWhoWaitsInATransferThatHasEnded() throws Exception {
        EntryBudget budget = new EntryBudget(LIMIT, Duration.ofMinutes(1));
        Account holding = open(budget, "holding");
        Account ended = open(budget, "ended");
        CompletableFuture<Void> take = waiting(holding, ended, 400);
        ended.close();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(take::join)
                .havingCause()
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
    }
}
