package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities that OpenSSL made. */
class PemIdentityTest {
    private static final String P256 = "EC -pkeyopt ec_paramgen_curve:P-256";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "EC -pkeyopt ec_paramgen_curve:P-256,EC",
        "EC -pkeyopt ec_paramgen_curve:P-384,EC",
        "RSA -pkeyopt rsa_keygen_bits:2048,RSA"
    })
    void readsEachKindOfKeyWithItsCertificate(String kind, String algorithm) throws Exception {
        make("a", kind);
        Identity identity = identity("a");
        assertThat(identity.key().getAlgorithm()).isEqualTo(algorithm);
        assertThat(identity.chain())
                .extracting(X509Certificate::getSubjectX500Principal)
                .hasSize(1);
        assertThat(identity.fingerprint().toString())
                .isEqualTo("sha256:"
                        + openssl("sh", "-c", "openssl pkey -in a.key -pubout -outform DER | sha256sum")
                                .substring(0, 64));
    }

    @Test
    void readsAChainAndOneFileForBothWithWhateverStandsBetween() throws Exception {
        make("a", P256);
        make("authority", P256);
        write(
                "both.key",
                "Bag Attributes\n    friendlyName: ferry\n" + text("a.key") + "\nsubject=CN = a\n" + text("a.crt")
                        + text("authority.crt").replace("\n", "\r\n"));
        Files.setPosixFilePermissions(folder.resolve("both.key"), PosixFilePermissions.fromString("rw-------"));
        Identity identity = Identity.ofPem(folder.resolve("both.key"), folder.resolve("both.key"));
        assertThat(identity.chain())
                .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=a", "CN=authority");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            openssl ec -in a.key -out a.key                                  | EC PRIVATE KEY
            openssl rsa -in r.key -traditional -out a.key                    | RSA PRIVATE KEY
            openssl pkcs8 -topk8 -in a.key -passout pass:secret -out a.key   | ENCRYPTED PRIVATE KEY
            openssl rsa -in r.key -aes128 -passout pass:secret -traditional -out a.key | RSA PRIVATE KEY
            """)
    void saysHowToConvertAKeyOfAnotherForm(String command, String label) throws Exception {
        make("a", P256);
        make("r", "RSA -pkeyopt rsa_keygen_bits:2048");
        openssl("sh", "-c", "cp a.key in.key; " + command.replace("-in a.key", "-in in.key"));
        TransferException refusal = refusal("a");
        assertThat(refusal).hasMessage(folder.resolve("a.key") + ": expected a PRIVATE KEY, got '" + label + "'");
        assertThat(refusal.hints())
                .containsExactly("openssl pkcs8 -topk8 -nocrypt -in " + folder.resolve("a.key") + " -out NEW.pem");
    }

    @Test
    void whatItSaysToTypeWorks() throws Exception {
        make("a", P256);
        openssl("sh", "-c", "openssl ec -in a.key -out old.key && mv old.key a.key");
        String hint = refusal("a").hints().getFirst();
        openssl("sh", "-c", hint.replace("NEW.pem", "a.key.new") + " && mv a.key.new a.key");
        assertThat(identity("a").key().getAlgorithm()).isEqualTo("EC");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ED25519                                | expected an EC or RSA key, got EdDSA, which not every peer can check
            RSA -pkeyopt rsa_keygen_bits:1024      | expected an RSA key of at least 2048 bits, got 1024
            EC -pkeyopt ec_paramgen_curve:P-521    | expected a key on P-256 or P-384, got one of 521 bits
            """)
    void refusesKeysThatNotEveryPeerTakes(String kind, String why) throws Exception {
        make("a", kind);
        assertThat(refusal("a")).hasMessage(folder.resolve("a.crt") + ": " + why);
    }

    @Test
    void refusesAKeyAndACertificateThatDoNotBelongTogether() throws Exception {
        make("a", P256);
        make("b", P256);
        make("r", "RSA -pkeyopt rsa_keygen_bits:2048");
        write("a.key", text("b.key"));
        TransferException refusal = refusal("a");
        assertThat(refusal).hasMessage(folder.resolve("a.key") + ": it is not the key of the first certificate");
        assertThat(refusal.hints()).singleElement().asString().startsWith("compare them: openssl ");
        write("a.key", text("r.key"));
        assertThat(refusal("a")).hasMessage(folder.resolve("a.key") + ": not an EC key, as the certificate's is");
    }

    @Test
    void saysWhichFileAndLineIsBroken() throws Exception {
        make("a", P256);
        String certificate = text("a.crt");
        String key = text("a.key");
        write("a.crt", "");
        assertThat(refusal("a")).hasMessage(folder.resolve("a.crt") + ": no certificate is in it");
        write("a.crt", "words\n" + certificate.substring(0, 100));
        assertThat(refusal("a"))
                .hasMessage(folder.resolve("a.crt") + ": line 2: '-----BEGIN CERTIFICATE-----' never ends");
        write("a.crt", certificate.replaceFirst("\nMII", "\n!!!"));
        assertThat(refusal("a")).hasMessage(folder.resolve("a.crt") + ": line 1: what begins here is not Base64");
        write("a.crt", certificate.replaceFirst("\nMII", "\nNII"));
        assertThat(refusal("a")).hasMessage(folder.resolve("a.crt") + ": line 1: not a certificate");
        write("a.crt", certificate);
        write("a.key", certificate);
        assertThat(refusal("a")).hasMessage(folder.resolve("a.key") + ": expected one private key, got 0");
        write("a.key", key + key);
        assertThat(refusal("a")).hasMessage(folder.resolve("a.key") + ": expected one private key, got 2");
        Files.delete(folder.resolve("a.key"));
        assertThat(refusal("a")).hasMessage(folder.resolve("a.key") + ": no such file or directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw--w----", "rw----r--"})
    void refusesAKeyThatOthersMayRead(String mode) throws Exception {
        make("a", P256);
        Files.setPosixFilePermissions(folder.resolve("a.key"), PosixFilePermissions.fromString(mode));
        TransferException refusal = refusal("a");
        assertThat(refusal)
                .hasMessage(folder.resolve("a.key")
                        + ": everybody may read it, or others write it, and it holds a private key");
        assertThat(refusal.hints()).containsExactly("chmod g-wx,o= " + folder.resolve("a.key"));
    }

    @Test
    void takesAKeyThatAGroupMayReadAsSystemsArrangeIt() throws Exception {
        make("a", P256);
        Files.setPosixFilePermissions(folder.resolve("a.key"), PosixFilePermissions.fromString("rw-r-----"));
        assertThat(identity("a").chain()).hasSize(1);
    }

    /** NAME.key and NAME.crt, self-signed. */
    private void make(String name, String kind) throws Exception {
        openssl(
                "sh",
                "-c",
                "openssl genpkey -algorithm %2$s -out %1$s.key && chmod 600 %1$s.key && openssl req -x509 -new -key %1$s.key -subj /CN=%1$s -days 30 -out %1$s.crt"
                        .formatted(name, kind));
    }

    private String openssl(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }

    private Identity identity(String name) throws TransferException {
        return Identity.ofPem(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }

    private TransferException refusal(String name) {
        TransferException[] caught = new TransferException[1];
        assertThatThrownBy(() -> identity(name)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
            caught[0] = e;
        });
        return caught[0];
    }

    private String text(String name) throws Exception {
        return Files.readString(folder.resolve(name));
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text);
    }
}
