package ferry.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.ClassicHeader.Progress;
import java.nio.ByteBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicHeaderTest {
    private static final String LONGEST = "n".repeat(Limits.MAX_CLASSIC_NAME_BYTES);

    private final ClassicHeader header = new ClassicHeader();

    @Test
    void takesWhatHasArrivedForTheNameWhenNothingMoreComes() throws Exception {
        assertThat(header.accept(bytes("file.bin"))).isEqualTo(Progress.NEED_MORE);
        assertThat(header.name()).hasToString("file.bin");
    }

    @Test
    void putsANameTogetherFromSegments() throws Exception {
        for (String segment : new String[] {"fi", "", "le", ".bin"}) {
            assertThat(header.accept(bytes(segment))).isEqualTo(Progress.NEED_MORE);
        }
        assertThat(header.name()).hasToString("file.bin");
    }

    @Test
    void takesACharacterThatComesInTwoSegments() throws Exception {
        byte[] ferry = "\uD83D\uDEA2".getBytes(UTF_8);
        header.accept(ByteBuffer.wrap(ferry, 0, 3));
        header.accept(ByteBuffer.wrap(ferry, 3, 1));
        assertThat(header.name()).hasToString("\uD83D\uDEA2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\0", "\r\n"})
    void leavesWhatFollowsTheTerminatorToTheContent(String terminator) throws Exception {
        ByteBuffer received = bytes("file.bin" + terminator + "\ncontent\0");
        assertThat(header.accept(received)).isEqualTo(Progress.COMPLETE);
        assertThat(header.name()).hasToString("file.bin");
        assertThat(received).isEqualTo(bytes("\ncontent\0"));
    }

    @Test
    void dropsACarriageReturnThatCameInTheSegmentBefore() throws Exception {
        header.accept(bytes("file.bin\r"));
        assertThat(header.accept(bytes("\n"))).isEqualTo(Progress.COMPLETE);
        assertThat(header.name()).hasToString("file.bin");
    }

    @Test
    void keepsACarriageReturnThatNoNewlineFollows() throws Exception {
        header.accept(bytes("a\rb\r\0"));
        assertThat(header.name()).hasToString("a\rb\r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\0", "\r\n"})
    void takesTheLongestName(String terminator) throws Exception {
        header.accept(bytes(LONGEST + terminator));
        assertThat(header.name()).hasToString(LONGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "n\n", "\rn", "\r\r", "\r\0"})
    void refusesALongerNameAsSoonAsItIsOne(String more) {
        assertRefused(ErrorCode.NAME_REFUSED, () -> header.accept(bytes(LONGEST + more)));
    }

    @Test
    void countsACarriageReturnThatBelongsToTheName() throws Exception {
        header.accept(bytes(LONGEST + "\r"));
        assertRefused(ErrorCode.NAME_REFUSED, header::name);
    }

    @Test
    void neverHoldsMoreThanTheLongestName() throws Exception {
        ByteBuffer flood = bytes("n".repeat(10_000));
        assertRefused(ErrorCode.NAME_REFUSED, () -> header.accept(flood));
        assertThat(flood.position()).isLessThanOrEqualTo(Limits.MAX_CLASSIC_NAME_BYTES + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a/b\n", "/a\n", "..\n", ".\n", ".ferry\n", ".Ferry\n", "a/\n"})
    void refusesWhatIsNoBareName(String received) throws Exception {
        header.accept(bytes(received));
        assertRefused(ErrorCode.NAME_REFUSED, header::name);
    }

    @Test
    void refusesANameThatIsNotUtf8() throws Exception {
        header.accept(ByteBuffer.wrap("caf\u00e9\n".getBytes(ISO_8859_1)));
        assertRefused(ErrorCode.NAME_REFUSED, header::name);
    }

    @Test
    void refusesToTakeContentForAName() throws Exception {
        header.accept(bytes("a\n"));
        assertThatThrownBy(() -> header.accept(bytes("b"))).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file.bin", "a b", "caf\u00e9", "\u0001", "a\u0016", "a\r", "\r"})
    void sendsNamesThatItWouldReceive(String name) throws Exception {
        header.accept(ClassicHeader.encode(name));
        assertThat(header.name()).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "\u0016x", "a\nb", "a\0b", "\n", "\uD83D"})
    void refusesToSendANameThatWouldBeReadAsSomethingElse(String name) {
        assertRefused(ErrorCode.SOURCE_NAME, () -> ClassicHeader.encode(name));
    }

    @Test
    void refusesToSendANameThatIsTooLongInBytes() throws Exception {
        assertThat(ClassicHeader.encode(LONGEST).remaining()).isEqualTo(255);
        assertRefused(ErrorCode.SOURCE_NAME, () -> ClassicHeader.encode("\u00e9".repeat(128)));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        TransferException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
