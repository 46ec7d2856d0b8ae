package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ferry.entry.Attributes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modes that close a file to its owner; nothing is closed to root, so root has somebody else do it. */
class PermissionsTest {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final Instant MODIFIED = Instant.parse("2020-02-02T02:02:02Z");

    @TempDir
    Path folder;

    @Test
    void givesAFileItsTimeBeforeAModeThatForbidsIt() throws Exception {
        if (ProcessHandle.current().info().user().orElse("").equals("root")) {
            finishAsSomebodyElse();
        } else {
            main(folder.toString());
        }
        for (String mode : List.of("---------", "-w-------", "r--------")) {
            Path file = folder.resolve(mode);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo(mode);
            assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.from(MODIFIED));
        }
    }

    private void finishAsSomebodyElse() throws Exception {
        assumeTrue(Files.isExecutable(SETPRIV), "setpriv is not here");
        String classes = Stream.of(Permissions.class, Attributes.class, PermissionsTest.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(":"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> asNobody =
                List.of(SETPRIV.toString(), "--reuid=65534", "--regid=65534", "--clear-groups", java.toString());
        assumeTrue(
                run(asNobody, "-cp", classes, PermissionsTest.class.getName()) == 0, "nobody may not read our classes");
        assertThat(run(asNobody, "-cp", classes, PermissionsTest.class.getName(), folder.toString()))
                .isZero();
    }

    private static int run(List<String> command, String... arguments) throws Exception {
        List<String> line =
                Stream.concat(command.stream(), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(line).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Finishes a file of each mode in a folder; the owner of the process must be its owner. */
    public static void main(String... folders) throws Exception {
        for (String folder : folders) {
            Permissions permissions = Permissions.probe(Path.of(folder));
            for (int mode : new int[] {0, 0200, 0400}) {
                String name = (mode & 0400) != 0 ? "r--------" : (mode & 0200) != 0 ? "-w-------" : "---------";
                Path file = Files.createFile(Path.of(folder, name));
                permissions.finish(file, new Attributes(Optional.of(MODIFIED), OptionalInt.of(mode)));
            }
        }
    }
}
