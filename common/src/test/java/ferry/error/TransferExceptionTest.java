package ferry.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TransferExceptionTest {
    @Test
    void saysWhatAndThenWhy() {
        TransferException failure = new TransferException(ErrorCode.NO_SPACE, "a/b", "needs 5 bytes, 3 are free");

        assertThat(failure).hasMessage("a/b: needs 5 bytes, 3 are free").hasNoCause();
        assertThat(failure.code()).isEqualTo(ErrorCode.NO_SPACE);
        assertThat(failure.what()).isEqualTo("a/b");
        assertThat(failure.why()).isEqualTo("needs 5 bytes, 3 are free");
        assertThat(failure.hints()).isEmpty();
    }

    @Test
    void aHintChangesNothingElse() {
        IOException cause = new IOException("refused");
        TransferException failure = new TransferException(ErrorCode.CONNECT_FAILED, "host:1", "refused", cause);
        failure.addSuppressed(new IOException("while closing"));

        TransferException hinted = failure.withHint("start the receiver").withHint("send --wait 60s");

        assertThat(hinted.hints()).containsExactly("start the receiver", "send --wait 60s");
        assertThat(hinted).hasMessage(failure.getMessage()).hasCause(cause);
        assertThat(hinted.code()).isEqualTo(failure.code());
        assertThat(hinted.getStackTrace()).isEqualTo(failure.getStackTrace());
        assertThat(hinted.getSuppressed()).isEqualTo(failure.getSuppressed());
        assertThat(failure.hints()).isEmpty();
    }

    @Test
    void anotherWhatChangesNothingElse() {
        TransferException failure = new TransferException(ErrorCode.USAGE, "code", "it is empty").withHint("try again");

        TransferException named = failure.withWhat("--code");

        assertThat(named).hasMessage("--code: it is empty").hasNoCause();
        assertThat(named.code()).isEqualTo(failure.code());
        assertThat(named.hints()).isEqualTo(failure.hints());
        assertThat(named.getStackTrace()).isEqualTo(failure.getStackTrace());
    }
}
