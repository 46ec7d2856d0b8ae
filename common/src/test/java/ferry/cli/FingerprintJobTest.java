package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.trust.ConfigFolder;
import ferry.trust.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintJobTest {
    @TempDir
    private Path home;

    private final List<TransferEvent> events = new ArrayList<>();

    @Test
    void tellsTheKeyThatTheNextRunHasToo() throws Exception {
        Map<String, String> environment = Map.of("HOME", home.toString());
        assertThat(new FingerprintJob(Optional.empty(), environment).run(events::add))
                .isEqualTo(ExitStatus.DONE);
        Identity next = Identity.of(ConfigFolder.locate(environment));
        assertThat(events)
                .containsExactly(new TransferEvent.OwnKey(next.fingerprint().toString()));
    }

    @Test
    void tellsNoKeyThatNoOtherRunWillHave() {
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> new FingerprintJob(Optional.empty(), Map.of()).run(events::add));
        assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
        assertThat(e).hasMessage("--fingerprint: neither HOME nor XDG_CONFIG_HOME is set, so each run has another key");
        assertThat(e.hints()).containsExactly("set XDG_CONFIG_HOME to a folder that can be written to");
        assertThat(events).isEmpty();
    }
}
