package ferry.receive;

import static ferry.receive.TestAccess.ALICE;
import static ferry.receive.TestAccess.BOB;
import static ferry.receive.TestAccess.CODE;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.trust.JoinKey;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import ferry.wire.Side;
import ferry.wire.TransferId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Further streams of transfers to which not everybody may send, and of those that come back. */
@Timeout(120)
class JoinAccessTest {
    private static final int SIZE = Chunks.SIZE;
    private static final int FRAME = 1 << 20;
    private static final OwnerId OWNER = new OwnerId(1, 2);

    @TempDir
    private Path dir;

    private Path out() {
        return dir.resolve("out");
    }

    @Test
    void theOneTransferOfACodeMayHaveFurtherStreamsAndNobodyElse() throws Exception {
        TransferId id = TransferId.random();
        try (RunningReceiver running = RunningReceiver.start(RunningReceiver.request(out()), TestAccess.codeForOne());
                EncryptedSender first = EncryptedSender.to(running.port(), ALICE)
                        .hello(Features.CODE | Features.STREAMS, id, OwnerId.NONE)) {
            first.say(
                    new Frame.CodeProof(CODE.proof(Side.SENDER, first.channel().binding())));
            first.hear(Frame.CodeProof.class);
            Frame.Welcome welcome = first.hear(Frame.Welcome.class);
            assertThat(welcome.features()).isEqualTo(Features.CODE | Features.STREAMS);
            JoinKey key = new JoinKey(welcome.joinSecret(), id);
            try (EncryptedSender other = EncryptedSender.to(running.port(), BOB)) {
                other.join(key, 1).hearAbort(ErrorCode.JOIN_REFUSED);
            }
            try (EncryptedSender second =
                    EncryptedSender.to(running.port(), ALICE).joined(key, 1)) {
                sendOverBoth(first, second);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(out().resolve("a")).hasBinaryContent(new byte[SIZE]);
    }

    @Test
    void theOneTransferOfAReceiverThatTakesNoOtherMayHaveFurtherStreams() throws Exception {
        try (RunningReceiver running = RunningReceiver.start(
                        RunningReceiver.request(out(), ConflictPolicy.RENAME, ReceiveRequest.Lifetime.ONE_TRANSFER),
                        TestAccess::anybody);
                EncryptedSender first = EncryptedSender.inPlain(running.port())) {
            JoinKey key = begin(first);
            try (EncryptedSender second =
                    EncryptedSender.inPlain(running.port()).joined(key, 1)) {
                sendOverBoth(first, second);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(out().resolve("a")).hasBinaryContent(new byte[SIZE]);
    }

    @Test
    void whoIsOnTheListMayHaveFurtherStreams() throws Exception {
        try (RunningReceiver running = RunningReceiver.start(
                        RunningReceiver.request(out()),
                        TestAccess.allowing(dir.resolve("allowed"), "dir=alice " + ALICE.fingerprint()));
                EncryptedSender first = EncryptedSender.to(running.port(), ALICE)) {
            JoinKey key = begin(first);
            try (EncryptedSender second =
                    EncryptedSender.to(running.port(), ALICE).joined(key, 1)) {
                sendOverBoth(first, second);
            }
        }
        assertThat(out().resolve("alice/a")).hasBinaryContent(new byte[SIZE]);
    }

    @Test
    void whoComesBackEndsItsFurtherStreamsToo() throws Exception {
        TransferId id = TransferId.random();
        try (ReceptionHost host = ReceptionHost.into(out(), Duration.ofSeconds(60));
                EncryptedSender before = EncryptedSender.inPlain(host.port()).hello(Features.STREAMS, id, OWNER)) {
            JoinKey key = new JoinKey(before.hear(Frame.Welcome.class).joinSecret(), id);
            try (EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(key, 1)) {
                before.say(Frame.Offer.of(0, TestDisk.file("a", SIZE))).hear(Frame.Accept.class);
                second.data(0, 0, FRAME);
                try (EncryptedSender after =
                        EncryptedSender.inPlain(host.port()).hello(Features.STREAMS, id, OWNER)) {
                    after.hear(Frame.Welcome.class);
                    assertThat(host.log()).containsExactly("open 1", "close 1", "open 2");
                    before.awaitEnd();
                    second.awaitEnd();
                    after.file(0, "b", "content").finish(1);
                }
            }
        }
        assertThat(out().resolve("b")).hasContent("content");
    }

    private static JoinKey begin(EncryptedSender first) throws Exception {
        TransferId id = TransferId.random();
        first.hello(Features.STREAMS, id, OwnerId.NONE);
        return new JoinKey(first.hear(Frame.Welcome.class).joinSecret(), id);
    }

    /** A file of zeros, which the first offers and ends and the second sends. */
    private static void sendOverBoth(EncryptedSender first, EncryptedSender second) throws Exception {
        first.say(Frame.Offer.of(0, TestDisk.file("a", SIZE))).hear(Frame.Accept.class);
        for (int from = 0; from < SIZE; from += FRAME) {
            second.data(0, from, FRAME);
        }
        first.say(new Frame.End(0, SIZE, Crc32c.of(ByteBuffer.allocate(SIZE)))).finish(1);
    }
}
