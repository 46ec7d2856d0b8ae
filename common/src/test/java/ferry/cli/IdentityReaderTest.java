package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferEvent.Warning;
import ferry.trust.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityReaderTest {
    @TempDir
    private Path home;

    private final List<TransferEvent> events = new ArrayList<>();

    @Test
    void takesTheUsersOwn() throws Exception {
        Identity identity = read(Optional.empty(), Map.of("HOME", home.toString()));
        assertThat(home.resolve(".config/ferry/identity.pem")).exists();
        assertThat(identity.chain()).hasSize(1);
        assertThat(events).isEmpty();

        CertificateFiles files = new CertificateFiles(
                home.resolve(".config/ferry/identity.pem"), home.resolve(".config/ferry/identity.pem"));
        assertThat(read(Optional.of(files), Map.of()).fingerprint()).isEqualTo(identity.fingerprint());
        assertThat(events).isEmpty();
    }

    @Test
    void warnsWhereNothingCanBeKept() throws Exception {
        assertThat(read(Optional.empty(), Map.of()).chain()).hasSize(1);
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        Warning.class,
                        warning -> assertThat(warning.text())
                                .isEqualTo("neither HOME nor XDG_CONFIG_HOME is set: this key is for this run alone, "
                                        + "and no key is remembered"));
    }

    @Test
    void neverTakesTheUsersOwnWhereFilesAreNamed() {
        CertificateFiles files = new CertificateFiles(home.resolve("none"), home.resolve("none"));
        assertThatThrownBy(() -> read(Optional.of(files), Map.of("HOME", home.toString())))
                .isInstanceOf(TransferException.class)
                .hasMessage(home.resolve("none") + ": no such file or directory");
    }

    private Identity read(Optional<CertificateFiles> files, Map<String, String> environment) throws TransferException {
        return IdentityReader.read(files, environment, events::add);
    }
}
