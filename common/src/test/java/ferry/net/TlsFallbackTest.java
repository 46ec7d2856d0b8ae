package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a Java of its own, which takes this for a kind of machine that Conscrypt has no native library for. */
@Timeout(120)
class TlsFallbackTest {
    @Test
    void autoTakesTheTlsOfTheJdkAndSaysWhy() throws Exception {
        assertThat(describe(TlsProvider.AUTO)).startsWith("the JDK's TLS (Conscrypt does not load: ");
    }

    @Test
    void whoeverWantsConscryptIsToldWhatElseToType() throws Exception {
        assertThat(describe(TlsProvider.CONSCRYPT))
                .startsWith("USAGE --tls-provider conscrypt: its native library does not load: ")
                .endsWith("[--tls-provider jdk]");
    }

    private static String describe(TlsProvider provider) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dos.arch=unheard-of",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Describe.class.getName(),
                        provider.name())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.strip();
    }

    /** Says which TLS it gets. */
    static final class Describe {
        private Describe() {}

        public static void main(String[] arguments) {
            TestKey key = TestKey.OURS;
            try {
                Tls tls = Tls.of(TlsProvider.valueOf(arguments[0]), key.key(), key.chain(), new TlsTrust.AnyKey());
                System.out.println(tls.description());
            } catch (TransferException e) {
                System.out.println(e.code() + " " + e.getMessage() + " " + e.hints());
            }
        }
    }
}
