package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the codec against docs/protocol-vectors.txt, which other implementations may use as well. */
class ProtocolVectorsTest {
    private static final List<Pieces> DELIVERIES =
            List.of(Pieces.WHOLE, Pieces.SINGLE_BYTES, remaining -> Math.min(remaining, 7));

    static List<WireVector> valid() throws IOException {
        return WireVector.valid();
    }

    static List<WireVector> violating() throws IOException {
        return WireVector.all().stream().filter(vector -> !vector.isValid()).toList();
    }

    @ParameterizedTest
    @MethodSource("valid")
    void readsEachValidFrame(WireVector vector) throws Exception {
        for (Side from : vector.from()) {
            for (Pieces delivery : DELIVERIES) {
                Frame frame = Conversation.readOnly(from, vector.bytes(), delivery);
                assertThat(frame).isEqualTo(Frames.VALID.get(vector.name()));
                assertThat(frame.describe()).isEqualTo(vector.description());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void writesEachValidFrame(WireVector vector) throws Exception {
        Frame frame = Objects.requireNonNull(Frames.VALID.get(vector.name()));
        assertThat(Conversation.write(frame)).inHexadecimal().isEqualTo(vector.bytes());
    }

    @ParameterizedTest
    @MethodSource("violating")
    void refusesEachViolatingFrame(WireVector vector) {
        for (Side from : vector.from()) {
            for (Pieces delivery : DELIVERIES) {
                assertRefused(
                        ErrorCode.valueOf(vector.expect()),
                        () -> Conversation.readOnly(from, vector.bytes(), delivery));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void saysTruncatedWhereverTheConnectionIsCut(WireVector vector) {
        for (int length = 1; length < vector.bytes().length; length++) {
            byte[] cut = Arrays.copyOf(vector.bytes(), length);
            assertRefused(
                    ErrorCode.TRUNCATED,
                    () -> Conversation.readOnly(vector.from().getFirst(), cut, Pieces.WHOLE));
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void saysTruncatedWhereverTheControlPayloadIsCut(WireVector vector) {
        RawFrame frame = RawFrame.of(vector.bytes());
        for (int length = 0; length < frame.controlLength(); length++) {
            byte[] cut = frame.withControlLength(length).bytes();
            assertRefused(
                    ErrorCode.TRUNCATED,
                    () -> Conversation.readOnly(vector.from().getFirst(), cut, Pieces.WHOLE));
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void saysTrailingWithOneByteMoreInTheControlPayload(WireVector vector) {
        RawFrame frame = RawFrame.of(vector.bytes());
        byte[] longer = frame.withControlLength(frame.controlLength() + 1).bytes();
        assertRefused(
                ErrorCode.TRAILING, () -> Conversation.readOnly(vector.from().getFirst(), longer, Pieces.WHOLE));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void refusesTheFrameWithAnySingleBitFlipped(WireVector vector) {
        for (int bit = 0; bit < vector.bytes().length * Byte.SIZE; bit++) {
            byte[] flipped = vector.bytes().clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Throwable refusal =
                    catchThrowable(() -> Conversation.readOnly(vector.from().getFirst(), flipped, Pieces.WHOLE));
            assertThat(refusal).as("bit %d", bit).isInstanceOf(TransferException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void refusesEachFrameFromTheSideThatMayNotSendIt(WireVector vector) {
        for (Side wrong : Side.values()) {
            if (!vector.from().contains(wrong)) {
                assertRefused(
                        ErrorCode.PROTOCOL_VIOLATION, () -> Conversation.readOnly(wrong, vector.bytes(), Pieces.WHOLE));
            }
        }
    }

    @Test
    void hasAVectorForEachTypeOfFrameAndForEachExample() throws Exception {
        assertThat(WireVector.valid().stream().map(WireVector::name)).hasSameElementsAs(Frames.VALID.keySet());
        assertThat(Frames.VALID.values().stream().map(FrameType::of)).contains(FrameType.values());
        assertThat(WireVector.all().stream().map(WireVector::name)).doesNotHaveDuplicates();
    }

    @Test
    void hasAViolatingVectorForEachErrorThatAFrameAloneCanBe() throws Exception {
        Stream<ErrorCode> refused = violating().stream().map(vector -> ErrorCode.valueOf(vector.expect()));
        assertThat(refused)
                .contains(
                        ErrorCode.TRUNCATED,
                        ErrorCode.OVERSIZED,
                        ErrorCode.TRAILING,
                        ErrorCode.UNKNOWN_FRAME,
                        ErrorCode.CORRUPT_FRAME,
                        ErrorCode.TOO_NEW,
                        ErrorCode.PROTOCOL_VIOLATION);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        TransferException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code));
    }
}
