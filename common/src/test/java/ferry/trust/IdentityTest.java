package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    /** An identity that was made once, since keytool takes a second. */
    private static String made;

    @TempDir
    private Path home;

    @BeforeAll
    static void make(@TempDir Path folder) throws Exception {
        Identity.of(ConfigFolder.locate(Map.of("XDG_CONFIG_HOME", folder.toString())));
        made = Files.readString(folder.resolve("ferry/identity.pem"));
    }

    private void place(String text, String mode) throws Exception {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));
    }

    @Test
    void isMadeOnceAndStays() throws Exception {
        Identity made = identity();
        String text = Files.readString(file());
        Identity loaded = identity();
        assertThat(loaded.fingerprint()).isEqualTo(made.fingerprint());
        assertThat(loaded.key()).isEqualTo(made.key());
        assertThat(loaded.chain()).isEqualTo(made.chain());
        assertThat(file()).hasContent(text);
    }

    @Test
    void isAKeyOnP256WithACertificateThatTellsNothingAndLastsACentury() throws Exception {
        Identity identity = identity();
        assertThat(identity.chain()).hasSize(1);
        X509Certificate certificate = identity.chain().getFirst();
        assertThat(certificate.getPublicKey())
                .isInstanceOfSatisfying(
                        ECPublicKey.class,
                        key -> assertThat(key.getParams())
                                .hasToString("secp256r1 [NIST P-256,X9.62 prime256v1] (1.2.840.10045.3.1.7)"));
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=ferry");
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(certificate.getNotAfter().toInstant()).isAfter(Instant.now().plus(Duration.ofDays(36_000)));
        certificate.verify(certificate.getPublicKey());

        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(identity.key());
        byte[] signed = signature.sign();
        signature.initVerify(certificate);
        assertThat(signature.verify(signed)).isTrue();
    }

    @Test
    void isHiddenFromOthersAndNoDraftIsLeft() throws Exception {
        identity();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(file().getParent())) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("identity.pem", "lock");
        }
    }

    @Test
    void removesTheDraftsOfProcessesThatWereKilledAndNothingElse() throws Exception {
        Path folder = Files.createDirectories(file().getParent());
        Path killed = Files.createDirectory(folder.resolve("making-1234"));
        Files.createFile(killed.resolve("made.p12"));
        Files.createFile(killed.resolve("output"));
        Files.createDirectories(folder.resolve("making-hay/while"));
        Files.createSymbolicLink(folder.resolve("making-link"), Files.createDirectory(home.resolve("elsewhere")));
        identity();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("identity.pem", "lock", "making-hay", "making-link");
        }
        assertThat(home.resolve("elsewhere")).exists();
    }

    @Test
    void removesTheOldFilesOfProcessesThatWereKilledAndNothingElse() throws Exception {
        identity();
        Path folder = home.resolve(".config/ferry");
        Path killed = Files.copy(file(), folder.resolve("identity.pem.0123456789abcdef"));
        Path young = Files.createFile(folder.resolve("identity.pem.00000000000000aa"));
        Path folderOfTheName = Files.createDirectory(folder.resolve("identity.pem.00000000000000bb"));
        Path link = Files.createSymbolicLink(folder.resolve("identity.pem.00000000000000cc"), file());
        Path backup = Files.copy(file(), folder.resolve("identity.pem.2026"));
        for (Path old : List.of(killed, folderOfTheName, file(), backup)) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        }
        identity();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .containsExactlyInAnyOrder(file(), folder.resolve("lock"), young, folderOfTheName, link, backup);
        }
    }

    @Test
    void hasTheRightModesWhateverTheUmask() throws Exception {
        for (String umask : List.of("000", "077")) {
            Path config = home.resolve(umask);
            Process process = OtherProcess.start(
                    List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"), MakeIdentity.class, config);
            assertThat(OtherProcess.output(process)).hasSize(1);
            Path file = config.resolve("ferry/identity.pem");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void isTheSameForProcessesAndThreadsThatMakeItAtOnce() throws Exception {
        Path config = home.resolve(".config");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(OtherProcess.start(List.of(), MakeIdentity.class, config));
        }
        List<String> fingerprints = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Callable<String> ask = () -> identity().toString();
            List<Future<String>> answers =
                    Stream.generate(() -> threads.submit(ask)).limit(3).toList();
            for (Future<String> answer : answers) {
                fingerprints.add(answer.get());
            }
        }
        for (Process process : processes) {
            fingerprints.addAll(OtherProcess.output(process));
        }
        assertThat(fingerprints).hasSize(5).containsOnly(identity().toString());
    }

    @Test
    void livesInMemoryWhereThereIsNoFolder() throws Exception {
        Identity first = Identity.of(Optional.empty());
        assertThat(Identity.of(Optional.empty()).fingerprint()).isNotEqualTo(first.fingerprint());
        assertThat(first.chain()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
    void isRefusedWhereOthersMayReadOrWriteIt(String mode) throws Exception {
        place(made, mode);
        assertThatThrownBy(this::identity).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
            assertThat(e)
                    .hasMessage(file() + ": others may read or write it, and a private key must be its owner's alone");
            assertThat(e.hints()).containsExactly("chmod 600 " + file());
        });
    }

    @Test
    void isNeverReplacedThoughItIsBroken() throws Exception {
        for (int length = 0; length < made.length() - 1; length += 37) {
            place(made.substring(0, length), "rw-------");
            assertThatThrownBy(this::identity)
                    .as("cut to %d characters", length)
                    .isInstanceOfSatisfying(TransferException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
                        assertThat(e.what()).isEqualTo(file().toString());
                        assertThat(e.why()).startsWith("expected a private key and its certificate: ");
                        assertThat(e.hints()).singleElement().asString().contains("mv " + file() + " ");
                    });
            assertThat(file()).hasContent(made.substring(0, length));
        }
    }

    @Test
    void saysWhyNoneCanBeMade() throws Exception {
        Files.writeString(home.resolve(".config"), "in the way");
        assertThatThrownBy(this::identity).isInstanceOf(TransferException.class).hasMessageStartingWith(file() + ": ");
    }

    @Test
    void saysWhatKeytoolSaid() throws Exception {
        Path keytool = script("echo 'keytool error: no luck'; echo 'today'; exit 3");
        assertThatThrownBy(() -> Identity.of(folder(), new Keytool(keytool, 60)))
                .isInstanceOf(TransferException.class)
                .hasMessage(file() + ": it cannot be made: " + keytool
                        + " failed with status 3: keytool error: no luck; today");
        assertThat(file()).doesNotExist();
    }

    @Test
    void saysThatThereIsNoKeytoolOrThatItHangs() throws Exception {
        assertThatThrownBy(() -> Identity.of(folder(), new Keytool(home.resolve("none"), 60)))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining(home.resolve("none").toString());
        Path keytool = script("exec sleep 100");
        assertThatThrownBy(() -> Identity.of(folder(), new Keytool(keytool, 1)))
                .isInstanceOf(TransferException.class)
                .hasMessageEndingWith(keytool + " did not end within 1 s");
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() throws Exception {
        Path keytool = script("exec sleep 100");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Identity.of(Optional.empty(), new Keytool(keytool, 60)))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
    }

    private Path script(String commands) throws Exception {
        Path script = Files.writeString(home.resolve("keytool"), "#!/bin/sh\n" + commands + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    private Identity identity() throws TransferException {
        return Identity.of(folder());
    }

    private Optional<ConfigFolder> folder() {
        return ConfigFolder.locate(Map.of("HOME", home.toString()));
    }

    private Path file() {
        return home.resolve(".config/ferry/identity.pem");
    }

    /** Another process's way to its identity, which it prints. */
    static final class MakeIdentity {
        private MakeIdentity() {}

        public static void main(String... arguments) throws Exception {
            OtherProcess.print(Identity.of(ConfigFolder.locate(Map.of("XDG_CONFIG_HOME", arguments[0])))
                    .toString());
        }
    }
}
