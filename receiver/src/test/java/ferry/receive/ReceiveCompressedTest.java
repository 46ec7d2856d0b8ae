package ferry.receive;

import static ferry.receive.ScriptedFerrySender.crc;
import static ferry.receive.ScriptedFerrySender.encoded;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.Chunks;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.net.BufferPool;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Content that comes compressed (docs/PROTOCOL.md, section 5.6), and what only looks like it. */
@Timeout(60)
class ReceiveCompressedTest {
    private static final byte[] TEXT =
            "a ferry goes to and fro, ".repeat(12_000).getBytes(US_ASCII);
    private static final byte[] MIB = new byte[1 << 20];
    private static final int LARGE = 3 * Chunks.SIZE;

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

    @Test
    void takesPlainAndCompressedFramesOfOneFileAndSaysHowMuchCameAsWhat() throws Exception {
        byte[] content = Arrays.copyOf(TEXT, TEXT.length + 300_000);
        byte[] rest = Arrays.copyOfRange(content, TEXT.length, content.length);
        try (ScriptedFerrySender sender = host.welcomeZstd()) {
            sender.offer(0, file("f", content.length)).hear(Frame.Accept.class);
            sender.zstd(0, 0, TEXT).data(0, TEXT.length, rest).end(0, content);
            assertThat(sender.finish(1)).isEqualTo(new Frame.Finished(1, 0, content.length));
        }
        assertThat(out.resolve("f")).hasBinaryContent(content);
        assertThat(host.events(TransferEvent.Finished.class).getFirst().totals())
                .satisfies(totals -> assertThat(totals.moved()).isEqualTo(content.length))
                .satisfies(totals -> assertThat(totals.wire()).isEqualTo(rest.length + encoded(TEXT).length));
    }

    @Test
    void takesFramesAsLargeAsMayBeWhoseContentIsFarLarger() throws Exception {
        byte[] content = new byte[LARGE];
        try (ScriptedFerrySender sender = host.welcomeZstd()) {
            sender.offer(0, file("zeros", LARGE)).hear(Frame.Accept.class);
            for (int offset = 0; offset < LARGE; offset += MIB.length) {
                sender.zstd(0, offset, MIB);
            }
            sender.end(0, content).finish(1);
        }
        assertThat(out.resolve("zeros")).hasBinaryContent(content);
    }

    @Test
    void takesSmallFilesWithTheirOffersAndAFileOfUnknownSize() throws Exception {
        byte[] small = Arrays.copyOf(TEXT, 60_000);
        try (ScriptedFerrySender sender = host.welcomeZstd()) {
            for (int i = 0; i < 100; i++) {
                sender.offer(i, file("small" + i, small.length))
                        .zstd(i, 0, small)
                        .end(i, small);
            }
            sender.offer(100, fileOfUnknownSize("unknown"));
            Frame frame = sender.hearAny();
            while (!(frame instanceof Frame.AcceptInOrder)) {
                frame = sender.hearAny();
            }
            sender.zstd(100, 0, TEXT).end(100, TEXT);
            assertThat(sender.finish(101).receipts()).isEqualTo(101);
        }
        assertThat(out.resolve("small0")).hasBinaryContent(small);
        assertThat(out.resolve("small99")).hasBinaryContent(small);
        assertThat(out.resolve("unknown")).hasBinaryContent(TEXT);
    }

    /** What nobody wants may hold anything. */
    @Test
    void doesNotDecodeWhatIsDiscarded() throws Exception {
        try (ScriptedFerrySender sender = host.welcomeZstd()) {
            sender.say(new Frame.Offer(0, EntryKind.FILE, OptionalLong.of(200), Attributes.NONE, "../f", ""));
            sender.zstd(0, 0, 200, 0, new byte[20]);
            sender.eager(1, "next", "one").done(2);
            Frame frame = sender.hearAny();
            while (!(frame instanceof Frame.Finished(long receipts, long failures, long bytes))) {
                frame = sender.hearAny();
            }
            assertThat(receipts).isEqualTo(1);
            assertThat(failures).isEqualTo(1);
            assertThat(bytes).isEqualTo(203);
            sender.leave();
            assertThat(sender.status()).isPresent();
        }
    }

    @Test
    void doesNotAgreeToWhatTheSenderDoesNotKnow() throws Exception {
        try (ScriptedFerrySender sender = host.connect().hello(Features.NONE)) {
            assertThat(sender.hear(Frame.Welcome.class).features()).isEqualTo(Features.NONE);
            sender.eager(0, "next", "one").finish(1);
        }
    }

    /** @param body in hexadecimal */
    record Lie(String what, String body, int length, int crc) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Lie lie(String what, byte[] body) {
        return new Lie(what, HexFormat.of().formatHex(body), TEXT.length, crc(TEXT));
    }

    static final List<Lie> LIES = lies();

    private static List<Lie> lies() {
        try {
            byte[] right = encoded(TEXT);
            byte[] damaged = right.clone();
            damaged[right.length / 2] ^= 0x40;
            byte[] bomb = encoded(MIB);
            byte[] lyingBomb = bomb.clone();
            // Its header says what the frame says; its blocks hold more.
            for (int i = 0; i < Integer.BYTES; i++) {
                lyingBomb[5 + i] = (byte) (TEXT.length >>> (i * Byte.SIZE));
            }
            byte[] window = right.clone();
            window[4] = (byte) (window[4] & ~0x20);
            return List.of(
                    lie("garbage", TestDisk.random(1000, 1)),
                    lie("one byte", new byte[1]),
                    lie("a body that is cut", Arrays.copyOf(right, right.length - 1)),
                    lie("a byte behind it", Arrays.copyOf(right, right.length + 1)),
                    lie("a damaged body", damaged),
                    lie("more than the frame says", bomb),
                    lie("more than its own header says", lyingBomb),
                    lie("a window of its own", window),
                    new Lie("less than the frame says", HexFormat.of().formatHex(right), TEXT.length + 1, crc(TEXT)),
                    new Lie("other content", HexFormat.of().formatHex(right), TEXT.length, crc(TEXT) ^ 1));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("LIES")
    void endsTheTransferAtABodyThatIsNotWhatItsFrameSays(Lie lie) throws Exception {
        try (ScriptedFerrySender sender = host.welcomeZstd()) {
            sender.offer(0, file("f", LARGE)).hear(Frame.Accept.class);
            sender.zstd(0, 0, TEXT);
            sender.zstd(0, TEXT.length, lie.length(), lie.crc(), HexFormat.of().parseHex(lie.body()));
            sender.hearAbort(ErrorCode.CORRUPT_FRAME);
            sender.leave();
            assertThat(sender.status()).contains(ErrorCode.CORRUPT_FRAME.exitStatus());
        }
        assertThat(TestDisk.tree(out)).isEmpty();
        try (ScriptedFerrySender next = host.welcomeZstd()) {
            next.offer(0, file("next", TEXT.length)).hear(Frame.Accept.class);
            next.zstd(0, 0, TEXT).end(0, TEXT).finish(1);
        }
        assertThat(TestDisk.tree(out)).containsOnlyKeys("next");
    }

    @Test
    void refusesABodyThatIsNotSmaller() throws Exception {
        byte[] frame = {
            0x15, 1, 0, 24, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0
        };
        byte[] sealed = Arrays.copyOf(frame, frame.length + Integer.BYTES);
        ByteBuffer.wrap(sealed).putInt(frame.length, crc(frame));
        try (ScriptedFerrySender sender = host.welcomeZstd()) {
            sender.offer(0, file("f", LARGE)).hear(Frame.Accept.class);
            sender.raw(sealed);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            sender.leave();
            assertThat(sender.status()).isPresent();
        }
    }

    /** When all memory is given away, there are only the smallest buffers. */
    @Test
    void getsAlongWithTheSmallestBuffers() throws Exception {
        Map<String, byte[]> bodies = Map.of("zeros", MIB, "text", TEXT, "random", randomAndZeros());
        for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
            BufferPool none = new BufferPool(0);
            assertThat(CompressedBodies.take(none, body.getValue()))
                    .as(body.getKey())
                    .isEqualTo(body.getValue());
            assertThat(none.lentBytes()).isZero();
        }
    }

    /** As little smaller as can be, so that as much as can be is held at once. */
    private static byte[] randomAndZeros() {
        byte[] content = new byte[1 << 20];
        byte[] random = TestDisk.random(content.length - 5_000, 7);
        System.arraycopy(random, 0, content, 0, random.length);
        return content;
    }
}
