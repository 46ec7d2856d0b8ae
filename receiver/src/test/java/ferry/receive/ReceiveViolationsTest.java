package ferry.receive;

import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import ferry.wire.Token;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a sender must not do: it ends the transfer with the right reason, places nothing and leaves nothing. */
@Timeout(30)
class ReceiveViolationsTest {
    private static final byte[] FIVE = {1, 2, 3, 4, 5};
    private static final byte[] MIB = new byte[1 << 20];
    private static final int LARGE = 3 * Chunks.SIZE;

    interface Script {
        void play(ScriptedFerrySender sender) throws Exception;
    }

    record Violation(String what, ErrorCode code, Script script) {
        static Violation of(String what, Script script) {
            return new Violation(what, ErrorCode.PROTOCOL_VIOLATION, script);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private static ScriptedFerrySender accepted(ScriptedFerrySender sender, long size) throws Exception {
        sender.offer(0, file("f", size)).hear(Frame.Accept.class);
        return sender;
    }

    static final List<Violation> VIOLATIONS = List.of(
            Violation.of("the first entry has number 1", sender -> sender.offer(1, file("f", 5))),
            Violation.of(
                    "a number is left out",
                    sender -> sender.offer(0, file("f", 5)).offer(2, file("g", 5))),
            Violation.of(
                    "a number comes twice",
                    sender -> sender.offer(0, file("f", 5)).offer(0, file("g", 5))),
            Violation.of(
                    "OFFER after DONE",
                    sender -> sender.offer(0, file("f", 5)).done(1).offer(1, file("g", 5))),
            Violation.of(
                    "DONE of too few", sender -> sender.offer(0, file("f", 5)).done(0)),
            Violation.of(
                    "DONE of too many", sender -> sender.offer(0, file("f", 5)).done(2)),
            Violation.of(
                    "DONE twice",
                    sender -> sender.offer(0, file("f", 5)).done(1).done(1)),
            Violation.of("DATA never offered", sender -> sender.data(0, 0, FIVE)),
            Violation.of("END never offered", sender -> sender.end(0, FIVE)),
            Violation.of("PROOF never offered", sender -> sender.prove(0, 0, FIVE)),
            Violation.of("FAILED never offered", sender -> sender.fail(0, ErrorCode.SOURCE_VANISHED)),
            Violation.of(
                    "DATA beyond the size", sender -> accepted(sender, 70_000).data(0, 69_996, FIVE)),
            Violation.of(
                    "DATA of an eager file beyond the size",
                    sender -> sender.offer(0, file("f", 4)).data(0, 0, FIVE)),
            Violation.of(
                    "DATA twice",
                    sender -> accepted(sender, LARGE)
                            .data(0, Chunks.SIZE, new byte[Chunks.SIZE])
                            .data(0, Chunks.SIZE, MIB)),
            Violation.of(
                    "DATA that leaves a gap",
                    sender -> accepted(sender, LARGE).data(0, 0, MIB).data(0, 2 << 20, MIB)),
            Violation.of(
                    "DATA that overlaps",
                    sender -> accepted(sender, LARGE).data(0, 0, MIB).data(0, 1 << 19, MIB)),
            Violation.of(
                    "DATA across a chunk", sender -> accepted(sender, LARGE).data(0, Chunks.SIZE - 4, crc(FIVE), FIVE)),
            Violation.of("DATA not in order where that was demanded", sender -> {
                sender.offer(0, fileOfUnknownSize("f")).hear(Frame.AcceptInOrder.class);
                sender.data(0, 0, FIVE).data(0, Chunks.SIZE, FIVE);
            }),
            Violation.of("DATA begun again where order was demanded", sender -> {
                sender.offer(0, fileOfUnknownSize("f")).hear(Frame.AcceptInOrder.class);
                sender.data(0, 0, FIVE).data(0, 0, FIVE);
            }),
            Violation.of(
                    "END twice",
                    sender -> accepted(sender, LARGE).end(0, new byte[LARGE]).end(0, new byte[LARGE])),
            Violation.of(
                    "END with another size", sender -> accepted(sender, LARGE).end(0, FIVE)),
            Violation.of(
                    "PROOF where none was asked for",
                    sender -> accepted(sender, LARGE).prove(0, 0, new byte[LARGE])),
            Violation.of(
                    "PROOF for a chunk that the file does not have",
                    sender -> accepted(sender, LARGE)
                            .say(new Frame.Proof(0, 3, 1, ChunkDigest.of(ByteBuffer.wrap(FIVE))))),
            Violation.of(
                    "PROOF of another length",
                    sender -> accepted(sender, LARGE)
                            .say(new Frame.Proof(0, 0, 5, ChunkDigest.of(ByteBuffer.wrap(FIVE))))),
            Violation.of(
                    "DATA that is compressed, though that was not agreed upon",
                    sender -> accepted(sender, LARGE).zstd(0, 0, MIB)),
            Violation.of("a frame of the receiver's", sender -> sender.say(new Frame.Stored(0))),
            Violation.of("a proof to join", sender -> sender.say(new Frame.JoinProof(Token.NONE))),
            new Violation("an unknown frame", ErrorCode.CORRUPT_FRAME, sender -> sender.raw(new byte[12])),
            new Violation(
                    "a frame too long",
                    ErrorCode.OVERSIZED,
                    sender -> sender.raw(
                            (byte) 0x10, (byte) 0, (byte) 0xff, (byte) 0xff, (byte) 0, (byte) 0, (byte) 0, (byte) 0)),
            new Violation(
                    "a flipped bit",
                    ErrorCode.CORRUPT_FRAME,
                    sender -> accepted(sender, LARGE).data(0, 0, MIB).data(0, 1 << 20, crc(MIB) ^ 1, MIB)),
            new Violation(
                    "a flipped bit of an eager file",
                    ErrorCode.CORRUPT_FRAME,
                    sender -> sender.offer(0, file("f", 5)).data(0, 0, crc(FIVE) ^ 1, FIVE)),
            new Violation("a flipped bit in what is discarded", ErrorCode.CORRUPT_FRAME, sender -> {
                sender.say(new Frame.Offer(0, EntryKind.FILE, OptionalLong.of(5), Attributes.NONE, "../f", ""));
                sender.data(0, 0, crc(FIVE) ^ 1, FIVE);
            }));

    @TempDir
    Path out;

    private SessionHost host;

    @BeforeEach
    void open() throws Exception {
        host = SessionHost.into(out);
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private static int crc(byte[] content) {
        return Crc32c.of(ByteBuffer.wrap(content));
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("VIOLATIONS")
    void endsTheTransferAtAViolation(Violation violation) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            violation.script().play(sender);
            sender.hearAbort(violation.code());
            sender.leave();
            assertThat(sender.status()).contains(violation.code().exitStatus());
        }
        assertThat(TestDisk.tree(out)).isEmpty();
        TransferEvent.Stopped stopped = host.events(TransferEvent.Stopped.class).getFirst();
        assertThat(stopped.code()).as(stopped.text()).isEqualTo(violation.code());
        try (ScriptedFerrySender next = host.welcome()) {
            next.eager(0, "next", "one").finish(1);
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("next", "one"));
    }
}
