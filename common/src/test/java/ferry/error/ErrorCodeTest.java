package ferry.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorCodeTest {
    /** What was ever released. Lines may be added; one that changes breaks every peer and script out there. */
    private static final String GOLDEN = """
            0 UNKNOWN 6 final
            100 INTERNAL 1 final
            200 USAGE 2 final
            300 SOURCE_UNREADABLE 3 final
            301 SOURCE_CHANGED 3 final
            302 SOURCE_NAME 3 final
            303 SOURCE_VANISHED 3 final
            304 DESTINATION_UNUSABLE 3 final
            305 NOTHING_CHOSEN 3 final
            306 TRUST_FILE 3 final
            307 RECEIPT_FILE 3 final
            400 CONNECT_FAILED 4 retry
            401 CONNECTION_LOST 4 retry
            402 TIMEOUT 4 retry
            403 BUSY 4 retry
            404 HOST_UNKNOWN 4 final
            405 LISTEN_FAILED 4 final
            406 SHUTTING_DOWN 4 retry
            407 PEER_STOPPED 4 final
            500 ACCESS_DENIED 5 final
            501 KEY_CHANGED 5 final
            502 WRONG_CODE 5 final
            503 CODE_NEEDED 5 final
            504 NOT_ENCRYPTED 5 final
            505 CERTIFICATE_REFUSED 5 final
            600 PROTOCOL_VIOLATION 6 final
            601 TRUNCATED 6 retry
            602 OVERSIZED 6 final
            603 TRAILING 6 final
            604 UNKNOWN_FRAME 6 final
            605 TOO_OLD 6 final
            606 TOO_NEW 6 final
            607 CREDIT_EXCEEDED 6 final
            608 NOT_FERRY 6 final
            609 JOIN_REFUSED 6 final
            700 CORRUPT_FRAME 7 retry
            701 CORRUPT_FILE 7 retry
            800 NAME_REFUSED 8 final
            801 CONFLICT 8 final
            802 SKIPPED 8 final
            803 TOO_LARGE 8 final
            804 NO_SPACE 8 final
            805 STORAGE_FAILED 8 final
            806 NOT_ALLOWED 8 final
            807 KIND_CONFLICT 8 final
            808 LINK_REFUSED 8 final
            809 REFUSED 8 final
            900 SUPERSEDED 6 final
            901 INTERRUPTED 130 final
            902 TERMINATED 143 final
            """;

    @Test
    void keepsItsNumbersForEver() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCodeTest::line))
                .containsExactlyElementsOf(GOLDEN.lines().toList());
    }

    private static String line(ErrorCode code) {
        return "%d %s %d %s"
                .formatted(code.wireNumber(), code, code.exitStatus().code(), code.retryable() ? "retry" : "final");
    }

    @ParameterizedTest
    @EnumSource
    void findsEachCodeByItsNumberWhichFitsTheWire(ErrorCode code) {
        assertThat(ErrorCode.fromWire(code.wireNumber())).isEqualTo(code);
        assertThat(code.wireNumber()).isBetween(0, 0xffff);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 99, 810, 0xffff, 0x1_0000, Integer.MIN_VALUE})
    void takesANumberItDoesNotKnowForUnknown(int number) {
        assertThat(ErrorCode.fromWire(number)).isEqualTo(ErrorCode.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource
    void saysWhatItMeansInOneLineThatFitsAMessage(ErrorCode code) {
        assertThat(code.meaning()).matches("[a-z][^\n.]{10,70}");
    }
}
