package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.Glob;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.FileContent;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import ferry.net.Connection;
import ferry.net.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderTest {
    private static final Endpoint NOWHERE = new Endpoint.Tcp("127.0.0.1", 1);

    @TempDir
    private Path dir;

    private final Events events = new Events();
    private Path a;
    private Path b;

    @BeforeEach
    void makeFiles() throws Exception {
        a = Files.writeString(dir.resolve("a"), "aa");
        b = Files.createDirectory(dir.resolve("b"));
        Files.writeString(b.resolve("c"), "ccc");
    }

    /** A session that answers every entry at once, without a word to the receiver. */
    private static final class Answering implements TransferSession {
        private final Transfer transfer;

        Answering(Transfer transfer) {
            this.transfer = transfer;
        }

        @Override
        public Ending run() throws InterruptedException {
            for (Optional<SourceEntry> found = next(transfer); found.isPresent(); found = next(transfer)) {
                complete(found.get().entry());
            }
            return new Ending.Complete(Bottleneck.NETWORK);
        }

        private void complete(Entry entry) {
            if (entry instanceof Entry.File file) {
                transfer.report()
                        .completed(
                                file,
                                file.path(),
                                new FileContent(file.size().orElse(0), OptionalInt.empty(), Optional.empty()),
                                Outcome.PLACED,
                                Durability.DURABLE,
                                Verification.VERIFIED);
            } else {
                transfer.report()
                        .completed(entry.kind(), entry.path(), entry.path(), Outcome.PLACED, Durability.DURABLE);
            }
        }

        @Override
        public void cancel(ErrorCode why) {
            throw new AssertionError("cancelled");
        }
    }

    /** A session that takes an entry, gives it back, and ends without an answer. */
    private record Silent(Transfer transfer, ErrorCode code) implements TransferSession {
        @Override
        public Ending run() throws InterruptedException {
            next(transfer)
                    .ifPresent(entry -> transfer.leftovers()
                            .putBack(StoredList.inTemporaryFolder(), new BitSet(), List.of(ToOffer.first(entry))));
            return new Ending.Broken(new TransferException(code, "peer", "no answer"), Contact.NONE);
        }

        @Override
        public void cancel(ErrorCode why) {}
    }

    private static Optional<SourceEntry> next(Transfer transfer) throws InterruptedException {
        try {
            Optional<ToOffer> left = transfer.leftovers().next();
            if (left.isPresent()) {
                return left.map(ToOffer::source);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return transfer.entries().take() instanceof ScanSource.Next.Found(SourceEntry found)
                ? Optional.of(found)
                : Optional.empty();
    }

    @Test
    void letsASessionSendWhatTheScanFinds() throws Exception {
        try (ScriptedReceiver receiver = accepting(1)) {
            Sender sender = sender(Requests.ferry(receiver.endpoint(), a, b), (c, transfer) -> new Answering(transfer));
            assertThat(sender.run()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(completed()).containsExactly("a", "b", "b/c");
        TransferEvent.Finished finished = events.only(TransferEvent.Finished.class);
        assertThat(finished.totals().entries()).isEqualTo(3);
        assertThat(finished.totals().bytes()).isEqualTo(5);
        assertThat(finished.limitedBy()).isEqualTo(Bottleneck.NETWORK);
        assertThat(events.only(TransferEvent.Started.class).progress().sample().isTotalKnown())
                .isTrue();
        assertThat(events.all().getFirst()).isInstanceOf(TransferEvent.Started.class);
        assertThat(events.all().getLast()).isInstanceOf(TransferEvent.Finished.class);
    }

    @Test
    void neverTakesATransferForDoneThatLacksAnEntry() throws Exception {
        TransferSession forgetful = new TransferSession() {
            @Override
            public Ending run() {
                return new Ending.Complete(Bottleneck.NETWORK);
            }

            @Override
            public void cancel(ErrorCode why) {}
        };
        for (Path source : List.of(a, b)) {
            try (ScriptedReceiver receiver = accepting(1)) {
                Sender sender = sender(Requests.ferry(receiver.endpoint(), source), (c, transfer) -> {
                    drop(transfer);
                    return forgetful;
                });
                assertThat(sender.run()).as("%s", source).isEqualTo(ExitStatus.INTERNAL);
            }
        }
        assertThat(events.of(TransferEvent.Stopped.class))
                .extracting(TransferEvent.Stopped::text)
                .containsExactly(
                        "transfer: 1 entries have no final answer", "transfer: 2 entries have no final answer");
    }

    private static void drop(Transfer transfer) {
        try {
            while (transfer.entries().take() instanceof ScanSource.Next.Found) {
                // Lost.
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sendsTheOthersIfASourceIsMissing() throws Exception {
        Path missing = dir.resolve("missing");
        try (ScriptedReceiver receiver = accepting(1)) {
            SendRequest request = Requests.ferry(receiver.endpoint(), missing, a);
            assertThat(sender(request, (c, transfer) -> new Answering(transfer)).run())
                    .isEqualTo(ExitStatus.PARTIAL);
        }
        assertThat(completed()).containsExactly("a");
        TransferEvent.Failed failed = events.only(TransferEvent.Failed.class);
        assertThat(failed.path()).isEqualTo(missing.toString());
        assertThat(failed.text()).isEqualTo("no such file or directory");
    }

    @Test
    void connectsToNobodyIfNothingIsThere() {
        SendRequest request = Requests.ferry(NOWHERE, dir.resolve("x"), dir.resolve("y"));
        assertThatThrownBy(() -> sender(request, SenderTest::none).run())
                .isInstanceOfSatisfying(TransferException.class, e -> {
                    assertThat(e.code().exitStatus()).isEqualTo(ExitStatus.LOCAL_FILE);
                    assertThat(e).hasMessage(dir.resolve("y") + ": no such file or directory");
                });
        assertThat(events.only(TransferEvent.Warning.class).text())
                .isEqualTo(dir.resolve("x") + ": no such file or directory");
        assertThat(events.of(TransferEvent.Started.class)).isEmpty();
    }

    @Test
    void tellsWhatItWouldSendWithoutConnecting() throws Exception {
        SendRequest request = Requests.dryRun(Requests.ferry(NOWHERE, a, b));
        assertThat(sender(request, SenderTest::none).run()).isEqualTo(ExitStatus.DONE);
        assertThat(events.of(TransferEvent.Found.class))
                .extracting(found -> found.entry().path().toString())
                .containsExactly("a", "b", "b/c");
        assertThat(events.only(TransferEvent.Finished.class).status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void givesADryRunTheStatusOfATransferThatTheReceiverAccepts() throws Exception {
        SendRequest request = Requests.dryRun(Requests.ferry(NOWHERE, a, dir.resolve("missing")));
        assertThat(sender(request, SenderTest::none).run()).isEqualTo(ExitStatus.PARTIAL);
        assertThat(events.only(TransferEvent.Finished.class).totals().failed()).isOne();
    }

    @Test
    void triesAgainWithinTheWaitAndLosesNoEntry() throws Exception {
        AtomicInteger sessions = new AtomicInteger();
        try (ScriptedReceiver receiver = accepting(3)) {
            SendRequest request = Requests.waiting(Requests.ferry(receiver.endpoint(), a, b));
            Sender sender = sender(
                    request,
                    (c, transfer) -> sessions.incrementAndGet() < 3
                            ? new Silent(transfer, ErrorCode.BUSY)
                            : new Answering(transfer));
            assertThat(sender.run()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(completed()).containsExactly("a", "b", "b/c");
        assertThat(events.of(TransferEvent.Started.class)).hasSize(1);
        assertThat(events.of(TransferEvent.Finished.class)).hasSize(1);
    }

    @Test
    void doesNotTryAgainWithoutAWaitAndWithoutRetries() throws Exception {
        try (ScriptedReceiver receiver = accepting(1)) {
            Sender sender = sender(
                    Requests.ferry(receiver.endpoint(), a), (c, transfer) -> new Silent(transfer, ErrorCode.BUSY));
            assertThat(sender.run()).isEqualTo(ExitStatus.NETWORK);
        }
        assertThat(events.only(TransferEvent.Stopped.class).text()).isEqualTo("peer: no answer");
    }

    @Test
    void doesNotTryAgainIfThatCannotHelp() throws Exception {
        try (ScriptedReceiver receiver = accepting(1)) {
            SendRequest request = Requests.waiting(Requests.ferry(receiver.endpoint(), a));
            Sender sender = sender(request, (c, transfer) -> new Silent(transfer, ErrorCode.NOT_FERRY));
            assertThat(sender.run()).isEqualTo(ExitStatus.PROTOCOL);
        }
    }

    @Test
    void stopsWaitingForAReceiverWhenItIsCancelled() throws Exception {
        Sender sender = sender(Requests.waiting(Requests.ferry(NOWHERE, a)), SenderTest::none);
        CompletableFuture<ExitStatus> status = start(sender);
        await().until(() -> !events.of(TransferEvent.Notice.class).isEmpty());
        sender.cancel(ErrorCode.INTERRUPTED);
        assertThatThrownBy(() -> status.get(5, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    }

    @Test
    void asksTheSessionToStopWhenItIsCancelled() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<ErrorCode> cancelled = new CompletableFuture<>();
        TransferSession patient = new TransferSession() {
            @Override
            public Ending run() throws TransferException {
                running.countDown();
                ErrorCode why = cancelled.join();
                throw new TransferException(why, "peer", why.meaning());
            }

            @Override
            public void cancel(ErrorCode why) {
                cancelled.complete(why);
            }
        };
        try (ScriptedReceiver receiver = accepting(1)) {
            Sender sender = sender(Requests.ferry(receiver.endpoint(), a), (c, transfer) -> patient);
            CompletableFuture<ExitStatus> status = start(sender);
            running.await();
            sender.cancel(ErrorCode.INTERRUPTED);
            assertThat(status.get(5, TimeUnit.SECONDS)).isEqualTo(ExitStatus.INTERRUPTED);
        }
        assertThat(events.only(TransferEvent.Finished.class).status()).isEqualTo(ExitStatus.INTERRUPTED);
        assertThat(events.only(TransferEvent.Stopped.class).hints()).containsExactly(SessionSequence.HOW_TO_GO_ON);
    }

    @Test
    void takesNothingButADirectoryForATree() throws Exception {
        SendRequest request = Requests.atomic(Requests.ferry(NOWHERE, a));
        assertThatThrownBy(() -> sender(request, SenderTest::none).run())
                .isInstanceOfSatisfying(
                        TransferException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.USAGE));
    }

    @Test
    void failsIfFiltersLeaveOutEverything() throws Exception {
        SendRequest all = Requests.ferry(NOWHERE, a);
        try (ScriptedReceiver receiver = accepting(1)) {
            SendRequest nothing = Requests.filtered(
                    all, new EntryFilter(List.of(Glob.parse("*.jpg")), List.of()), receiver.endpoint());
            assertThat(sender(nothing, (c, transfer) -> new Answering(transfer)).run())
                    .isEqualTo(ExitStatus.LOCAL_FILE);
        }
        TransferEvent.Failed failed = events.only(TransferEvent.Failed.class);
        assertThat(failed.path()).isEqualTo("a");
        assertThat(failed.code()).isEqualTo(ErrorCode.NOTHING_CHOSEN);
    }

    @Test
    void goesOnWithoutAnOwnerIfItsFolderCannotBeUsed() throws Exception {
        List<Boolean> ownerless = new ArrayList<>();
        try (ScriptedReceiver receiver = accepting(1)) {
            Sender sender = new Sender(
                    Requests.ferry(receiver.endpoint(), a),
                    Map.of("XDG_STATE_HOME", a.toString()),
                    Optional.empty(),
                    (c, transfer) -> {
                        ownerless.add(transfer.owner().isNone());
                        return new Answering(transfer);
                    },
                    events);
            assertThat(sender.run()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(ownerless).containsExactly(true);
        assertThat(events.only(TransferEvent.Warning.class).text()).startsWith("no owner id");
    }

    private CompletableFuture<ExitStatus> start(Sender sender) {
        CompletableFuture<ExitStatus> status = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                status.complete(sender.run());
            } catch (TransferException e) {
                status.completeExceptionally(e);
            }
        });
        return status;
    }

    private Sender sender(SendRequest request, TransferSession.Factory sessions) {
        return new Sender(request, Map.of(), Optional.empty(), sessions, events);
    }

    private static TransferSession none(Connection connection, Transfer transfer) {
        throw new AssertionError("connected to " + connection.peer() + " for " + transfer.id());
    }

    private static ScriptedReceiver accepting(int connections) throws Exception {
        ScriptedReceiver.Script[] scripts = new ScriptedReceiver.Script[connections];
        Arrays.fill(scripts, (ScriptedReceiver.Script)
                sender -> sender.getInputStream().readAllBytes());
        return ScriptedReceiver.playing(scripts);
    }

    private List<String> completed() {
        return events.of(TransferEvent.Completed.class).stream()
                .map(event -> event.path().toString())
                .toList();
    }
}
