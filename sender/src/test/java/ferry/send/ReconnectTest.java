package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import ferry.wire.TransferId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs of a sender whose connection breaks at each state of the protocol. */
@Timeout(60)
class ReconnectTest {
    @TempDir
    private Path dir;

    private final Events events = new Events();
    private final List<TransferId> transfers = new ArrayList<>();
    private Path small;
    private Path large;
    private Path tree;

    @BeforeEach
    void makeFiles() throws Exception {
        small = Files.write(dir.resolve("small"), new byte[1000]);
        large = Files.write(dir.resolve("large"), new byte[3 * Chunks.SIZE]);
        tree = Files.createDirectory(dir.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("target"));
    }

    /** Where a connection breaks, while a small file is sent. */
    enum Break implements ScriptedReceivers.Script {
        AFTER_HELLO {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.greeted();
                receiver.reset();
            }
        },
        BEFORE_WELCOME {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.greeted();
                receiver.await(Frame.End.class);
                receiver.leave();
            }
        },
        BUSY {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.greeted();
                receiver.await(Frame.End.class);
                receiver.abort(ErrorCode.BUSY);
                receiver.awaitEnd();
            }
        },
        AFTER_WELCOME {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().reset();
            }
        },
        AFTER_END {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().await(Frame.End.class);
                receiver.reset();
            }
        },
        SHUTTING_DOWN {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().await(Frame.End.class);
                receiver.abort(ErrorCode.SHUTTING_DOWN);
                receiver.awaitEnd();
            }
        },
        AFTER_DONE {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().await(Frame.Done.class);
                receiver.leave();
            }
        };
    }

    private ExitStatus send(ScriptedReceivers receivers, Path... sources) throws Exception {
        return sender(Requests.retrying(Requests.ferry(receivers.endpoint(), sources), 3))
                .run();
    }

    private Sender sender(SendRequest request) {
        return new Sender(
                request,
                Map.of("XDG_STATE_HOME", dir.resolve("state").toString()),
                Optional.empty(),
                SendSession::over,
                events);
    }

    /** Takes everything, and answers it. */
    private void takeAll(ScriptedFerryReceiver receiver) throws Exception {
        takeSome(receiver);
        receiver.say(new Frame.Finished(0, 0, 0));
    }

    /** Takes everything, and answers it, but for FINISHED; the names of what was offered. */
    private List<String> takeSome(ScriptedFerryReceiver receiver) throws Exception {
        Frame.Hello hello = receiver.greeted();
        transfers.add(hello.transfer());
        receiver.say(ScriptedFerryReceiver.welcome(ScriptedFerryReceiver.CREDIT, 0, Duration.ofSeconds(30)));
        List<String> offered = new ArrayList<>();
        List<Frame> deferred = new ArrayList<>();
        while (true) {
            switch (receiver.hearAny()) {
                case Frame.Offer offer -> {
                    assertThat(offer.entry()).as("new numbers").isEqualTo(offered.size());
                    offered.add(offer.path());
                    switch (offer.kind()) {
                        case FILE -> {
                            if (offer.size().orElse(0) > 65_536) {
                                receiver.say(new Frame.Accept(offer.entry()));
                            }
                        }
                        case DIRECTORY -> {
                            receiver.say(new Frame.Stored(offer.entry()));
                            deferred.add(receiptOfDirectory(offer.entry()));
                        }
                        case LINK -> {
                            receiver.say(new Frame.Stored(offer.entry()));
                            deferred.add(ScriptedFerryReceiver.receiptOfLink(offer.entry()));
                        }
                    }
                }
                case Frame.End end -> receiver.say(receipt(end));
                case Frame.Data _ -> {}
                case Frame.Done _ -> {
                    receiver.say(deferred.toArray(Frame[]::new));
                    return offered;
                }
                case Frame other -> throw new AssertionError(other.describe());
            }
        }
    }

    private List<String> completed() {
        return events.of(TransferEvent.Completed.class).stream()
                .map(event -> event.kind() + " " + event.size())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void goesOnOverAnotherConnectionWhereverOneBreaks(Break where) throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(Break.AFTER_WELCOME, where, this::takeAll)) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(completed()).containsExactly("FILE 1000");
        assertThat(events.of(TransferEvent.Started.class)).hasSize(1);
        assertThat(events.of(TransferEvent.Reconnecting.class)).hasSize(2);
        assertThat(events.of(TransferEvent.Reconnected.class)).hasSize(2);
        TransferEvent.Finished finished = events.only(TransferEvent.Finished.class);
        assertThat(finished.totals().entries()).isOne();
        assertThat(finished.totals().failed()).isZero();
    }

    @Test
    void comesBackToAReceiverThatIsBusy() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(Break.BUSY, this::takeAll)) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(events.only(TransferEvent.Reconnecting.class).code()).isEqualTo(ErrorCode.BUSY);
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_HELLO", "BEFORE_WELCOME"})
    void leavesItToTheWaitWhetherThereIsAReceiverAtAll(Break where) throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(where)) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.NETWORK);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class)).isEmpty();
    }

    @Test
    void keepsTransferAndOwner() throws Exception {
        List<Frame.Hello> hellos = new ArrayList<>();
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    hellos.add(receiver.greeted());
                    receiver.abort(ErrorCode.BUSY).awaitEnd();
                },
                receiver -> {
                    hellos.add(receiver.greeted());
                    receiver.reset();
                },
                this::takeAll)) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(hellos.getFirst().owner().isNone()).isFalse();
        assertThat(hellos.getFirst()).isEqualTo(hellos.getLast());
        assertThat(transfers).containsExactly(hellos.getFirst().transfer());
    }

    @Test
    void sendsAFileAgainWhoseDataBrokeOff() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming().hear(Frame.Offer.class);
                    receiver.say(new Frame.Accept(0)).hear(Frame.Data.class);
                    receiver.reset();
                },
                this::takeAll)) {
            assertThat(send(receivers, large)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        TransferEvent.Finished finished = events.only(TransferEvent.Finished.class);
        assertThat(finished.totals().bytes()).isEqualTo(3L * Chunks.SIZE);
        assertThat(finished.totals().moved()).isGreaterThan(3L * Chunks.SIZE);
        assertThat(events.only(TransferEvent.Started.class).progress().sample().done())
                .isEqualTo(3L * Chunks.SIZE);
    }

    @Test
    void sendsOnlyTheChunksThatTheReceiverHasNotKept() throws Exception {
        List<Long> sent = new ArrayList<>();
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming().hear(Frame.Offer.class);
                    receiver.say(new Frame.Accept(0));
                    Frame.Data data = receiver.await(Frame.Data.class);
                    while (data.offset() < Chunks.SIZE) {
                        data = receiver.await(Frame.Data.class);
                    }
                    receiver.reset();
                },
                receiver -> {
                    receiver.welcoming().hear(Frame.Offer.class);
                    receiver.say(new Frame.Compare(0, ChunkSet.of(List.of(new ChunkSet.Range(0, 1)))));
                    assertThat(receiver.hear(Frame.Proof.class).chunk()).isZero();
                    receiver.say(new Frame.Same(0, 0));
                    Frame next = receiver.hearAny();
                    while (next instanceof Frame.Data data) {
                        sent.add(data.offset());
                        next = receiver.hearAny();
                    }
                    receiver.say(receipt((Frame.End) next));
                    receiver.await(Frame.Done.class);
                    receiver.say(new Frame.Finished(0, 0, 0));
                })) {
            assertThat(send(receivers, large)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(sent).isNotEmpty().allMatch(offset -> offset >= Chunks.SIZE);
        assertThat(events.only(TransferEvent.Started.class).progress().sample().done())
                .isEqualTo(3L * Chunks.SIZE);
    }

    @Test
    void offersStoredDirectoriesAndLinksAgainAndNothingThatWasAnswered() throws Exception {
        List<String> again = new ArrayList<>();
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming();
                    receiver.say(receipt(receiver.await(Frame.End.class)));
                    receiver.await(Frame.Offer.class);
                    receiver.await(Frame.Offer.class);
                    receiver.say(new Frame.Stored(1), new Frame.Stored(2));
                    receiver.await(Frame.Done.class);
                    receiver.say(ScriptedFerryReceiver.receiptOfLink(2));
                    receiver.leave();
                },
                receiver -> {
                    again.addAll(takeSome(receiver));
                    receiver.say(new Frame.Finished(0, 0, 0));
                })) {
            assertThat(send(receivers, small, tree)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(again).containsExactly("tree");
        assertThat(completed()).containsExactly("FILE 1000", "LINK 0", "DIRECTORY 0");
        assertThat(events.only(TransferEvent.Finished.class).totals().entries()).isEqualTo(3);
    }

    @Test
    void isDoneWhenOnlyFinishedIsLost() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(receiver -> {
            takeSome(receiver);
            receiver.leave();
        })) {
            assertThat(send(receivers, small, tree)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class)).isEmpty();
        assertThat(completed()).hasSize(3);
    }

    @Test
    void confirmsTheEndOverAnotherConnectionWhenFinishedIsGarbled() throws Exception {
        byte[] garbage = new byte[64];
        garbage[0] = 16;
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    takeSome(receiver);
                    receiver.raw(garbage).awaitEnd();
                },
                receiver -> {
                    assertThat(takeSome(receiver)).isEmpty();
                    receiver.say(new Frame.Finished(0, 0, 0));
                })) {
            assertThat(send(receivers, small, tree)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(events.only(TransferEvent.Reconnecting.class).code()).isEqualTo(ErrorCode.CORRUPT_FRAME);
        assertThat(completed()).hasSize(3);
    }

    @Test
    void givesUpWithTheLastCauseAndSaysHowToGoOn() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming().await(Frame.End.class);
                    receiver.reset();
                },
                receiver -> {
                    receiver.greeted();
                    receiver.abort(ErrorCode.BUSY);
                    receiver.awaitEnd();
                })) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.NETWORK);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class))
                .extracting(TransferEvent.Reconnecting::attempt)
                .containsExactly(1, 2, 3);
        TransferEvent.Stopped stopped = events.only(TransferEvent.Stopped.class);
        assertThat(stopped.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
        assertThat(stopped.hints()).last().asString().startsWith("give the same command again");
    }

    @Test
    void countsAttemptsAnewAfterEachFinalAnswer() throws Exception {
        List<ScriptedReceivers.Script> scripts = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            files.add(Files.write(dir.resolve("f" + i), new byte[100]));
            scripts.add(receiver -> {
                receiver.welcoming().say(receipt(receiver.await(Frame.End.class)));
                receiver.await(Frame.Done.class);
                receiver.leave();
            });
        }
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(scripts)) {
            SendRequest request =
                    Requests.retrying(Requests.ferry(receivers.endpoint(), files.toArray(Path[]::new)), 1);
            assertThat(sender(request).run()).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class)).hasSize(5).allMatch(event -> event.attempt() == 1);
    }

    @Test
    void doesNotComeBackForEverToAReceiverThatBreaksAtTheSameByte() throws Exception {
        List<ScriptedReceivers.Script> scripts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            scripts.add(receiver -> {
                receiver.welcoming().await(Frame.End.class);
                receiver.reset();
            });
        }
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(scripts)) {
            SendRequest request = Requests.retrying(Requests.ferry(receivers.endpoint(), small), 2);
            assertThat(sender(request).run()).isEqualTo(ExitStatus.NETWORK);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class))
                .extracting(TransferEvent.Reconnecting::attempt)
                .containsExactly(1, 2);
    }

    @Test
    void doesNotComeBackAfterARefusalForGood() throws Exception {
        try (ScriptedReceivers receivers =
                ScriptedReceivers.playing(receiver -> receiver.welcoming().reset(), receiver -> {
                    receiver.greeted();
                    receiver.abort(ErrorCode.ACCESS_DENIED);
                    receiver.awaitEnd();
                })) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.ACCESS);
            receivers.awaitEnd();
        }
    }

    @Test
    void endsAtOnceWhenItIsCancelledWhileItWaits() throws Exception {
        try (ScriptedReceivers receivers =
                ScriptedReceivers.playing(receiver -> receiver.welcoming().reset())) {
            SendRequest hasty = Requests.ferry(receivers.endpoint(), small);
            Sender sender = sender(Requests.retrying(hasty, new RetryPolicy(3, Duration.ofHours(1))));
            CompletableFuture<ExitStatus> status = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try {
                    status.complete(sender.run());
                } catch (TransferException e) {
                    status.completeExceptionally(e);
                }
            });
            await().until(() -> !events.of(TransferEvent.Reconnecting.class).isEmpty());
            sender.cancel(ErrorCode.INTERRUPTED);
            assertThat(status.get(5, TimeUnit.SECONDS)).isEqualTo(ExitStatus.INTERRUPTED);
        }
        assertThat(events.only(TransferEvent.Finished.class).status()).isEqualTo(ExitStatus.INTERRUPTED);
    }

    @ParameterizedTest
    @EnumSource(names = {"CORRUPT_FILE", "NO_SPACE"})
    void offersADamagedFileOnceMore(ErrorCode code) throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(receiver -> {
            receiver.welcoming().hear(Frame.Offer.class);
            receiver.say(new Frame.Accept(0));
            receiver.fail(0, code);
            if (code.retryable()) {
                assertThat(receiver.await(Frame.Offer.class).path()).isEqualTo("large");
                receiver.say(new Frame.Accept(1)).fail(1, code);
            }
            receiver.await(Frame.Done.class);
            receiver.say(new Frame.Finished(0, 0, 0));
        })) {
            assertThat(send(receivers, large)).isEqualTo(code.exitStatus());
            receivers.awaitEnd();
        }
        assertThat(events.only(TransferEvent.Failed.class).code()).isEqualTo(code);
        assertThat(events.only(TransferEvent.Finished.class).totals().failed()).isOne();
    }

    @Test
    void offersAFileThatFailedAfterDoneOverAnotherConnection() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming().await(Frame.Done.class);
                    receiver.fail(0, ErrorCode.CORRUPT_FILE).say(new Frame.Finished(0, 1, 1000));
                    receiver.awaitEnd();
                },
                this::takeAll)) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Failed.class)).isEmpty();
        assertThat(completed()).containsExactly("FILE 1000");
    }

    @Test
    void failsAFileAfterDoneIfItMayNotConnectAgain() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(receiver -> {
            receiver.welcoming().await(Frame.Done.class);
            receiver.fail(0, ErrorCode.CORRUPT_FILE).say(new Frame.Finished(0, 1, 1000));
            receiver.awaitEnd();
        })) {
            assertThat(sender(Requests.ferry(receivers.endpoint(), small)).run())
                    .isEqualTo(ExitStatus.INTEGRITY);
            receivers.awaitEnd();
        }
        assertThat(events.only(TransferEvent.Failed.class).code()).isEqualTo(ErrorCode.CORRUPT_FILE);
    }

    @Test
    void waitsForTheFirstWelcomeAsLongAsItWasToldAndNoLonger() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(receiver -> {
            receiver.greeted();
            receiver.reset();
        })) {
            SendRequest request = Requests.retrying(Requests.ferry(receivers.endpoint(), small), 1000);
            assertThat(sender(Requests.trying(request, Duration.ofMillis(300))).run())
                    .isEqualTo(ExitStatus.NETWORK);
        }
        assertThat(events.of(TransferEvent.Reconnecting.class)).isEmpty();
    }
}
