package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonTest {
    @ParameterizedTest
    @CsvSource({
        "NO_SPACE, NO_SPACE, PROTOCOL_VIOLATION",
        "SOURCE_CHANGED, REFUSED, SOURCE_CHANGED",
        "DESTINATION_UNUSABLE, REFUSED, DESTINATION_UNUSABLE",
        "INTERRUPTED, PEER_STOPPED, PEER_STOPPED",
        "TERMINATED, PEER_STOPPED, PEER_STOPPED",
        "USAGE, PROTOCOL_VIOLATION, PROTOCOL_VIOLATION",
        "INTERNAL, INTERNAL, INTERNAL",
        "BUSY, BUSY, BUSY",
        "WRONG_CODE, WRONG_CODE, WRONG_CODE",
        "KEY_CHANGED, ACCESS_DENIED, KEY_CHANGED",
        "SUPERSEDED, SUPERSEDED, SUPERSEDED",
        "UNKNOWN, UNKNOWN, UNKNOWN",
    })
    void countsWhatAPeerMaySay(ErrorCode stated, ErrorCode byReceiver, ErrorCode bySender) {
        Reason reason = new Reason(stated, "why");
        assertThat(reason.codeFrom(Side.RECEIVER)).isEqualTo(byReceiver);
        assertThat(reason.codeFrom(Side.SENDER)).isEqualTo(bySender);
    }

    @ParameterizedTest
    @EnumSource
    void neverLetsAPeerSayThatItWasOurUser(ErrorCode stated) {
        for (Side peer : Side.values()) {
            assertThat(new Reason(stated, "").codeFrom(peer).exitStatus())
                    .isNotIn(ExitStatus.DONE, ExitStatus.USAGE, ExitStatus.INTERRUPTED, ExitStatus.TERMINATED);
        }
    }
}
