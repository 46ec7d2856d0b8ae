package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of loaded classes, in an image that was moved: used when it fits, and no trouble when it does not. */
final class ArchiveIT {
    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void moveTheImage() throws IOException {
        Path image = Command.program("send").resolve("../..").normalize();
        home = Files.createDirectory(folder.resolve("moved"));
        Files.createSymbolicLink(home.resolve("runtime"), image.resolve("runtime"));
        for (String part : List.of("bin", "lib")) {
            Path copy = Files.createDirectory(home.resolve(part));
            try (Stream<Path> files = Files.list(image.resolve(part))) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    @AfterEach
    void leaveTheRuntimeAlone() throws IOException {
        Files.delete(home.resolve("runtime"));
    }

    private Path archive() {
        return home.resolve("lib/classes.jsa");
    }

    /** Where its classes come from, one line each. */
    private List<String> loading(String program) throws IOException {
        Path log = folder.resolve("classes");
        Result result = Command.of(home.resolve("bin").resolve(program), "--version")
                .with("FERRY_JAVA_OPTS", "-Xlog:class+load:file=" + log)
                .run()
                .expect(0);
        assertThat(result.errors()).isEmpty();
        assertThat(result.output()).startsWith(program + " (Ferry) ");
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("source:"))
                .toList();
    }

    private static boolean isArchived(String line) {
        return line.contains("shared objects file");
    }

    @Test
    void bothProgramsLoadTheirClassesFromIt() throws IOException {
        for (String program : List.of("send", "receive")) {
            List<String> loaded = loading(program);

            assertThat(loaded.stream().filter(ArchiveIT::isArchived).count())
                    .as(program)
                    .isGreaterThan(loaded.size() * 9L / 10);
            assertThat(loaded).noneMatch(line -> line.contains("source: file:"));
            assertThat(loaded)
                    .filteredOn(line -> line.contains("$$Lambda/"))
                    .isNotEmpty()
                    .allMatch(ArchiveIT::isArchived);
        }
    }

    @Test
    void jarsThatWereChangedSinceAreNotTakenFromIt() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
            }
        }

        assertThat(loading("send"))
                .noneMatch(line -> line.contains(" ferry.") && isArchived(line))
                .anyMatch(line -> line.contains(" ferry.send."));
    }

    @Test
    void aDamagedOneIsLeftAside() throws IOException {
        Files.write(archive(), new byte[100_000]);

        assertThat(loading("send")).noneMatch(ArchiveIT::isArchived);
    }

    @Test
    void itMayBeMissing() throws IOException {
        Files.delete(archive());

        assertThat(loading("send")).noneMatch(ArchiveIT::isArchived);
    }
}
