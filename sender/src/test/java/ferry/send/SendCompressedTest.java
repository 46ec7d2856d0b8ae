package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.welcome;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Encoding;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which content a sender compresses, and for whom. */
@Timeout(60)
class SendCompressedTest {
    private static final byte[] TEXT =
            "a ferry goes to and fro, ".repeat(150_000).getBytes(StandardCharsets.US_ASCII);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private SourceEntry file(byte[] content) throws Exception {
        return SessionRun.file(Files.write(dir.resolve("f"), content));
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(1).nextBytes(content);
        return content;
    }

    /** Takes all content of the one file, and answers it; returns in which encodings it came. */
    private static Set<Encoding> take(SessionRun run, byte[] expected) throws Exception {
        Set<Encoding> encodings = new HashSet<>();
        ByteBuffer all = ByteBuffer.allocate(expected.length);
        while (all.hasRemaining()) {
            ScriptedFerryReceiver.Content part = run.receiver().hearContent();
            assertThat(part.data().offset()).isEqualTo(all.position());
            encodings.add(part.data().encoding());
            all.put(part.bytes());
        }
        assertThat(all.array()).isEqualTo(expected);
        Frame.End end = run.receiver().await(Frame.End.class);
        assertThat(end.crc()).isEqualTo(Crc32c.of(ByteBuffer.wrap(expected)));
        run.receiver().hear(Frame.Done.class);
        run.receiver().say(receipt(end), new Frame.Finished(1, 0, expected.length));
        run.assertComplete();
        return encodings;
    }

    private static void accept(SessionRun run, long features) throws Exception {
        assertThat(run.receiver().greeted().features()).isEqualTo(Features.ZSTD);
        run.receiver().hear(Frame.Offer.class);
        run.receiver().say(welcome(1024, features, SILENCE), new Frame.Accept(0));
    }

    @Test
    void compressesWhatGetsSmallerForAReceiverThatCanDecode() throws Exception {
        try (SessionRun run = SessionRun.compressing(Compression.ZSTD).findsOnly(file(TEXT))) {
            accept(run, Features.ZSTD);
            assertThat(take(run, TEXT)).containsExactly(Encoding.ZSTD);
            assertThat(run.report().progress().totals().moved()).isEqualTo(TEXT.length);
            assertThat(run.report().progress().totals().wire()).isBetween(1L, TEXT.length / 10L);
        }
    }

    @Test
    void leavesWhatDoesNotGetSmallerAsItIs() throws Exception {
        byte[] content = random(3_000_000);
        try (SessionRun run = SessionRun.compressing(Compression.ZSTD).findsOnly(file(content))) {
            accept(run, Features.ZSTD);
            assertThat(take(run, content)).containsExactly(Encoding.PLAIN);
            assertThat(run.report().progress().totals().wire()).isEqualTo(content.length);
        }
    }

    @Test
    void compressesTheRestOfAFileThatBeginsWithWhatDoesNotGetSmaller() throws Exception {
        byte[] content = Arrays.copyOf(random(TEXT.length), 2 * TEXT.length);
        System.arraycopy(TEXT, 0, content, TEXT.length, TEXT.length);
        try (SessionRun run = SessionRun.compressing(Compression.ZSTD).findsOnly(file(content))) {
            accept(run, Features.ZSTD);
            assertThat(take(run, content)).containsExactlyInAnyOrder(Encoding.PLAIN, Encoding.ZSTD);
        }
    }

    @Test
    void compressesNothingForAReceiverThatCannotDecodeAndSaysSo() throws Exception {
        try (SessionRun run = SessionRun.compressing(Compression.ZSTD).findsOnly(file(TEXT))) {
            accept(run, Features.NONE);
            assertThat(take(run, TEXT)).containsExactly(Encoding.PLAIN);
            assertThat(run.events().only(TransferEvent.Compression.class).method())
                    .isEqualTo("none");
        }
    }

    @Test
    void compressesNothingBeforeItKnowsThatTheReceiverCanDecode() throws Exception {
        byte[] small = Arrays.copyOf(TEXT, 50_000);
        try (SessionRun run = SessionRun.compressing(Compression.ZSTD).findsOnly(file(small))) {
            assertThat(run.receiver().greeted().features()).isEqualTo(Features.ZSTD);
            run.receiver().hear(Frame.Offer.class);
            ScriptedFerryReceiver.Content content = run.receiver().hearContent();
            assertThat(content.data()).isEqualTo(new Frame.Data(0, 0, small.length, crc(small)));
            Frame.End end = run.receiver().await(Frame.End.class);
            run.receiver().say(welcome(1024, Features.ZSTD, SILENCE), receipt(end));
            run.receiver().hear(Frame.Done.class);
            run.receiver().say(new Frame.Finished(1, 0, small.length));
            run.assertComplete();
        }
    }

    @Test
    void doesNotAskForItWithinAMachine() throws Exception {
        try (SessionRun run = SessionRun.compressing(Compression.AUTO).findsOnly(file(TEXT))) {
            assertThat(run.receiver().greeted().features()).isEqualTo(Features.NONE);
            run.receiver().hear(Frame.Offer.class);
            run.receiver().say(welcome(1024, Features.NONE, SILENCE), new Frame.Accept(0));
            assertThat(take(run, TEXT)).containsExactly(Encoding.PLAIN);
            assertThat(run.events().of(TransferEvent.Compression.class)).isEmpty();
        }
    }

    @Test
    void refusesAReceiverThatWantsWhatWasNotOffered() throws Exception {
        try (SessionRun run = SessionRun.compressing(Compression.NONE).findsOnly(file(TEXT))) {
            assertThat(run.receiver().greeted().features()).isEqualTo(Features.NONE);
            run.receiver().say(welcome(1024, Features.ZSTD, SILENCE));
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void compressesOverAFurtherStreamToo() throws Exception {
        byte[] content = Arrays.copyOf(TEXT, 40 << 20);
        long features = Features.ZSTD | Features.STREAMS;
        try (SessionRun run =
                SessionRun.compressing(Compression.ZSTD, new Streams.Fixed(2)).findsOnly(file(content))) {
            assertThat(run.receiver().greeted().features()).isEqualTo(features);
            run.receiver().say(welcome(1024, features, SILENCE));
            run.receiver().hear(Frame.Offer.class);
            try (ScriptedFerryReceiver second = run.further().joined()) {
                run.receiver().say(new Frame.Accept(0));
                ScriptedFerryReceiver.Content part = second.hearContent();
                assertThat(part.data().encoding()).isEqualTo(Encoding.ZSTD);
                int from = (int) part.data().offset();
                byte[] bytes = new byte[part.bytes().remaining()];
                part.bytes().get(bytes);
                assertThat(bytes).isEqualTo(Arrays.copyOfRange(content, from, from + bytes.length));
                run.cancel();
                run.failure(ErrorCode.INTERRUPTED);
            }
        }
    }

    private static int crc(byte[] content) {
        return Crc32c.of(ByteBuffer.wrap(content));
    }
}
