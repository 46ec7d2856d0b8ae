package ferry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.wire.ClassicAnswer.Progress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicAnswerTest {
    @Test
    void acceptsOkInOnePieceOrTwo() {
        assertThat(ClassicAnswer.toName().accept(bytes("ok"))).isEqualTo(Progress.ACCEPTED);
        ClassicAnswer answer = ClassicAnswer.toName();
        assertThat(answer.accept(bytes("o"))).isEqualTo(Progress.NEED_MORE);
        assertThat(answer.accept(bytes("k"))).isEqualTo(Progress.ACCEPTED);
    }

    @Test
    void leavesWhatFollowsOkToTheNextAnswer() {
        ByteBuffer received = bytes("okerror: disk full\n");
        assertThat(ClassicAnswer.toName().accept(received)).isEqualTo(Progress.ACCEPTED);
        ClassicAnswer late = ClassicAnswer.toContent();
        assertThat(late.accept(received)).isEqualTo(Progress.REFUSED);
        assertThat(late.text()).isEqualTo("disk full");
    }

    @ParameterizedTest
    @ValueSource(strings = {"error: no\n", "error: no\r\n", "no\n", "no\nok"})
    void takesAnyOtherLineForARefusal(String line) {
        ClassicAnswer answer = ClassicAnswer.toName();
        assertThat(answer.accept(bytes(line))).isEqualTo(Progress.REFUSED);
        assertThat(answer.text()).isEqualTo("no");
    }

    @Test
    void takesHalfALineForARefusalWhenTheReceiverCloses() {
        ClassicAnswer answer = ClassicAnswer.toName();
        assertThat(answer.accept(bytes("error: sorr"))).isEqualTo(Progress.NEED_MORE);
        assertThat(answer.end()).isEqualTo(Progress.REFUSED);
        assertThat(answer.text()).isEqualTo("sorr");
    }

    @Test
    void knowsThatTheReceiverClosedWithoutAWord() {
        assertThat(ClassicAnswer.toName().end()).isEqualTo(Progress.NEED_MORE);
        assertThat(ClassicAnswer.toContent().end()).isEqualTo(Progress.NEED_MORE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\n\n"})
    void takesALineEndAfterOkForPartOfTheOk(String end) {
        ClassicAnswer late = ClassicAnswer.toContent();
        assertThat(late.accept(bytes(end))).isEqualTo(Progress.NEED_MORE);
        assertThat(late.end()).isEqualTo(Progress.NEED_MORE);
        assertThat(late.accept(bytes("error: no\n"))).isEqualTo(Progress.REFUSED);
        assertThat(late.text()).isEqualTo("no");
    }

    @Test
    void doesNotAcceptTheContentThatItHasAlreadyAccepted() {
        ClassicAnswer late = ClassicAnswer.toContent();
        assertThat(late.accept(bytes("ok"))).isEqualTo(Progress.NEED_MORE);
        assertThat(late.end()).isEqualTo(Progress.REFUSED);
    }

    @Test
    void readsNoMoreThanTheLongestLine() {
        ByteBuffer flood = bytes("x".repeat(10_000));
        assertThat(ClassicAnswer.toName().accept(flood)).isEqualTo(Progress.REFUSED);
        assertThat(flood.position()).isEqualTo(Limits.MAX_TEXT_BYTES);
    }

    @Test
    void readsTheAnswersThatItWrites() {
        assertThat(ClassicAnswer.toName().accept(ClassicAnswer.ok())).isEqualTo(Progress.ACCEPTED);
        ClassicAnswer answer = ClassicAnswer.toName();
        assertThat(answer.accept(ClassicAnswer.refusal("a\nb"))).isEqualTo(Progress.REFUSED);
        assertThat(answer.text()).isEqualTo("a\\nb");
    }

    @Test
    void cutsARefusalToOneLineOfTheMaximum() {
        ByteBuffer line = ClassicAnswer.refusal("\n\u00e9".repeat(1000));
        assertThat(line.remaining()).isBetween(Limits.MAX_TEXT_BYTES - 1, Limits.MAX_TEXT_BYTES);
        assertThat(line.get(line.limit() - 1)).isEqualTo((byte) '\n');
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
