package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigFolderTest {
    @Test
    void isWhereTheXdgSpecificationPutsIt() {
        assertThat(path(Map.of("XDG_CONFIG_HOME", "/etc/me", "HOME", "/home/me")))
                .isEqualTo("/etc/me/ferry");
        assertThat(path(Map.of("HOME", "/home/me"))).isEqualTo("/home/me/.config/ferry");
    }

    @Test
    void passesOverARelativeOrImpossiblePath() {
        assertThat(path(Map.of("XDG_CONFIG_HOME", "config", "HOME", "/home/me")))
                .isEqualTo("/home/me/.config/ferry");
        assertThat(path(Map.of("XDG_CONFIG_HOME", "/x\0", "HOME", "/home/me"))).isEqualTo("/home/me/.config/ferry");
    }

    @Test
    void isNowhereWithoutAHome() {
        assertThat(path(Map.of())).isEqualTo("none");
        assertThat(path(Map.of("HOME", ""))).isEqualTo("none");
    }

    private static String path(Map<String, String> environment) {
        return ConfigFolder.locate(environment)
                .map(ConfigFolder::path)
                .map(Path::toString)
                .orElse("none");
    }
}
