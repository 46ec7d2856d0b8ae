package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.TransferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolVersionTest {
    @ParameterizedTest
    @CsvSource({"3, 5, 5", "1, 3, 3", "5, 9, 5", "1, 9, 5", "4, 4, 4"})
    void choosesTheHighestThatBothKnow(int peerMin, int peerMax, int chosen) throws Exception {
        assertThat(ProtocolVersion.negotiate(3, 5, peerMin, peerMax)).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({
        "6, 9, TOO_NEW",
        "1, 2, TOO_OLD",
        "0, 5, PROTOCOL_VIOLATION",
        "0, 0, PROTOCOL_VIOLATION",
        "9, 6, PROTOCOL_VIOLATION"
    })
    void saysWhyThereIsNone(int peerMin, int peerMax, String code) {
        assertThatThrownBy(() -> ProtocolVersion.negotiate(3, 5, peerMin, peerMax))
                .isInstanceOfSatisfying(
                        TransferException.class,
                        refusal -> assertThat(refusal.code()).hasToString(code));
    }

    @Test
    void usesNoFeatureThatOneSideDoesNotKnow() throws Exception {
        assertThat(Features.choose(-1)).isEqualTo(Features.SUPPORTED);
        Features.requireOffered(1, 3);
        assertThatThrownBy(() -> Features.requireOffered(4, 3)).isInstanceOf(TransferException.class);
    }
}
