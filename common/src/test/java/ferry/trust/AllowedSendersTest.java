package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Glob;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedSendersTest {
    @TempDir
    private Path folder;

    private Path file;
    private AllowedSenders allowed;

    @BeforeEach
    void locate() {
        file = folder.resolve("allow");
        allowed = AllowedSenders.in(file);
    }

    @Test
    void findsWhoIsListedAndNobodyElse() throws Exception {
        write("# us\n\n%s Ann's laptop\n  %s\n".formatted(Keys.A, Keys.B));
        allowed.validate();
        assertThat(allowed.find(Keys.A)).contains(plain(Keys.A, "Ann's laptop"));
        assertThat(allowed.find(Keys.B)).contains(plain(Keys.B, ""));
        assertThat(allowed.find(Keys.C)).isEmpty();
    }

    @Test
    void readsEveryOption() throws Exception {
        write(
                "dir=\"ann/my photos\",max-size=10GB,rate=20MB/s,on-conflict=overwrite,readonly=*.conf,readonly=\"a,b\\\" \\\\*\" "
                        + Keys.A + " Ann # and her laptop\n");
        AllowedSender sender = allowed.find(Keys.A).orElseThrow();
        assertThat(sender.key()).isEqualTo(Keys.A);
        assertThat(sender.comment()).isEqualTo("Ann # and her laptop");
        assertThat(sender.directory()).contains(RelativePath.parse("ann/my photos"));
        assertThat(sender.maxSize()).hasValue(10_000_000_000L);
        assertThat(sender.bytesPerSecond()).hasValue(20_000_000L);
        assertThat(sender.onConflict()).contains("overwrite");
        assertThat(sender.readOnly()).extracting(Glob::toString).containsExactly("*.conf", "a,b\" \\*");
    }

    @Test
    void takesADirectoryWithASlashAtItsEnd() throws Exception {
        write("dir=ann/ " + Keys.A);
        assertThat(allowed.find(Keys.A).orElseThrow().directory()).contains(RelativePath.parse("ann"));
    }

    @Test
    void findsNoRevokedKeyWhateverOtherLinesSay() throws Exception {
        write("%1$s Ann\n@revoked %1$s stolen in May\n%2$s Bob\n".formatted(Keys.A, Keys.B));
        assertThat(allowed.find(Keys.A)).isEmpty();
        assertThat(allowed.find(Keys.B)).isPresent();
        write("@revoked %1$s\n%1$s Ann\n".formatted(Keys.A));
        assertThat(allowed.find(Keys.A)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Ann                      | 2:1: expected '=' after the option 'Ann'
            sha256:12 Ann            | 2:1: expected sha256: and 64 hexadecimal digits, got 'sha256:12'
            KEYs                     | 2:1: expected sha256: and 64 hexadecimal digits, got 'KEYs'
            dir=a                    | 2:6: expected white space and the sender's key after the options
            dir=a, KEY               | 2:7: expected '=' after the option ''
            dir=a rate=1MB KEY       | 2:7: expected sha256: and 64 hexadecimal digits, got 'rate=1MB'
            dir KEY                  | 2:1: expected '=' after the option 'dir'
            dir= KEY                 | 2:5: the option 'dir' has no value
            dir="" KEY               | 2:5: the option 'dir' has no value
            dir="a KEY               | 2:5: this quote is never closed
            dir="a"b KEY             | 2:8: expected white space and the sender's key after the options
            dir=a"b" KEY             | 2:6: expected white space and the sender's key after the options
            dir=a,dir=b KEY          | 2:7: the option 'dir' is given twice
            dir=../b KEY             | 2:5: dir '../b': a segment is '..'
            dir=/b KEY               | 2:5: dir '/b': the path is absolute, expected one that is relative
            dir=.ferry KEY           | 2:5: dir '.ferry': '.ferry' is the receiver's own folder
            max-size=10Gb KEY        | 2:10: max-size '10Gb': 'b' may mean bits, so write 'B' for bytes
            max-size=-1 KEY          | 2:10: max-size '-1': not a number with a unit
            rate=10B/s KEY           | 2:6: rate '10B/s': less than 1kB/s
            on-conflict=ask KEY      | 2:13: on-conflict 'ask': expected rename, overwrite, skip or fail
            readonly=[a KEY          | 2:10: readonly '[a': it ends too early, after '['
            foo=bar KEY              | 2:5: foo 'bar': expected dir, max-size, rate, on-conflict or readonly
            DIR=a KEY                | 2:5: DIR 'a': expected dir, max-size, rate, on-conflict or readonly
            @banned KEY              | 2:1: expected @revoked, got '@banned'
            @revoked                 | 2:9: expected white space and the revoked key
            @revoked KEYx            | 2:10: expected sha256: and 64 hexadecimal digits, got 'KEYx'
            """)
    void letsNobodyInByAFileWithALineThatItDoesNotUnderstand(String line, String error) throws Exception {
        write(Keys.B + "\n" + line.replace("KEY", Keys.A.toString()) + "\n");
        String expected = file + ":" + error.replace("KEY", Keys.A.toString());
        assertThatThrownBy(() -> allowed.find(Keys.B)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
            assertThat(e).hasMessage(expected);
        });
        assertThatThrownBy(allowed::validate).hasMessage(expected);
    }

    @Test
    void refusesASecondLineForOneKey() throws Exception {
        write("%1$s Ann\ndir=b %1$s Bob\n".formatted(Keys.A));
        assertRefused(file + ":2:7: this key has a line already");
    }

    @Test
    void letsNobodyInWhereThereIsNoFile() {
        assertRefused(file + ": no such file or directory");
    }

    @Test
    void letsNobodyInByAFileThatOthersMayWrite() throws Exception {
        write(Keys.A + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertRefused(file + ": others may write it, and would decide who is trusted");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(allowed.find(Keys.A)).isPresent();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r---w-"));
        assertRefused(file + ": others may write it, and would decide who is trusted");
    }

    @Test
    void seesEachChangeAtOnce() throws Exception {
        for (int i = 0; i < 200; i++) {
            write((i % 2 == 0 ? Keys.A : Keys.B) + "\n");
            assertThat(allowed.find(Keys.A).isPresent()).as("change %d", i).isEqualTo(i % 2 == 0);
            assertThat(allowed.find(Keys.B).isPresent()).as("change %d", i).isEqualTo(i % 2 == 1);
        }
    }

    @Test
    void seesAChangeThatKeepsSizeAndTime() throws Exception {
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        write(Keys.A + "\n");
        Files.setLastModifiedTime(file, old);
        assertThat(allowed.find(Keys.A)).isPresent();
        write(Keys.B + "\n");
        Files.setLastModifiedTime(file, old);
        assertThat(allowed.find(Keys.A)).isEmpty();
        Path other = Files.writeString(folder.resolve("other"), Keys.C + "\n");
        Files.setLastModifiedTime(other, old);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(allowed.find(Keys.B)).isEmpty();
        assertThat(allowed.find(Keys.C)).isPresent();
    }

    @Test
    void doesNotRelyOnTheTimeOfAFileThatHasJustChanged() throws Exception {
        AllowedSenders byTime = new AllowedSenders(file, AllowedSenders.MARKS);
        FileTime recent = FileTime.from(Instant.now());
        write(Keys.A + "\n");
        Files.setLastModifiedTime(file, recent);
        assertThat(byTime.find(Keys.A)).isPresent();
        write(Keys.B + "\n");
        Files.setLastModifiedTime(file, recent);
        assertThat(byTime.find(Keys.A)).isEmpty();
    }

    @Test
    void survivesWhateverIsWrittenIntoIt() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String valid = "dir=\"a b\",max-size=1GB,readonly=*.c " + Keys.A + " Ann\n@revoked " + Keys.B + "\n";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(valid);
            for (int change = 0; change < 3; change++) {
                int at = random.nextInt(text.length());
                text.replace(at, at + random.nextInt(3), String.valueOf((char)
                        random.nextInt(random.nextBoolean() ? 128 : 0x1_0000)));
            }
            try {
                AllowedSenders.parse(file, text.toString())
                        .keySet()
                        .forEach(key -> assertThat(key).isNotNull());
            } catch (TransferException e) {
                assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.TRUST_FILE);
                assertThat(e.what()).as("seed %d", seed).startsWith(file + ":");
            }
        }
    }

    private static AllowedSender plain(KeyFingerprint key, String comment) {
        return new AllowedSender(
                key,
                comment,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                List.of());
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> allowed.find(Keys.A)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
            assertThat(e).hasMessage(message);
        });
    }

    private void write(String text) throws Exception {
        Files.writeString(file, text);
    }
}
