package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one run sends over another connection after the one before has broken. */
@Timeout(60)
class ReconnectTest extends Reconnections {
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
}
