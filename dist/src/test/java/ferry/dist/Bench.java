package ferry.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test works with: a folder, and processes of Ferry, of two people with different keys. All is taken away when the test
 * ends. Register it in a field that is not static; a test uses it from its own thread.
 */
final class Bench implements BeforeEachCallback, AfterEachCallback {
    private static final long SEED = 20260101;
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOMY = 6L << 30;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<String, Person> people = new HashMap<>();
    private final Random random = new Random(SEED);
    private Path folder = Path.of("");

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("ferry-it").toRealPath();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        delete(folder);
    }

    /** Something in the folder of the test. */
    Path path(String name) {
        return folder.resolve(name);
    }

    /** A new directory. */
    Path directory(String name) {
        try {
            return Files.createDirectories(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new directory for gigabytes: in memory where there is enough of it, since disks are slow. */
    Path roomyDirectory() {
        try {
            if (!Files.isWritable(MEMORY) || Files.getFileStore(MEMORY).getUsableSpace() < ROOMY) {
                return directory("roomy");
            }
            Path directory = Files.createTempDirectory(MEMORY, "ferry-it");
            keep(() -> delete(directory));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new file of random bytes, the same ones in each run. */
    Path file(String name, int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return file(name, content);
    }

    /** A new file with this text. */
    Path file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A new file with this text, for its owner's eyes. */
    Path secret(String name, String text) {
        try {
            return Files.setPosixFilePermissions(file(name, text), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String name, byte[] content) {
        try {
            Path file = path(name);
            Files.createDirectories(file.getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process, which is killed at the end of the test. */
    RunningProcess start(Command command) {
        RunningProcess process = command.start();
        open.push(process);
        return process;
    }

    /** Closes this at the end of the test. */
    <T extends AutoCloseable> T keep(T resource) {
        open.push(resource);
        return resource;
    }

    /** Runs {@code send} in the folder of the test. */
    Result send(Object... arguments) {
        return sending(arguments).run();
    }

    /** A {@code send} in the folder of the test, by the one who sends. */
    Command sending(Object... arguments) {
        return Command.send(arguments).in(folder).as(sender());
    }

    /** Whoever sends in this test. */
    Person sender() {
        return person("sender");
    }

    /** Whoever receives in this test. */
    Person receiver() {
        return person("receiver");
    }

    /** The person of this name, who has a key from the beginning. */
    Person person(String name) {
        return people.computeIfAbsent(
                name, _ -> Person.withKey(name, path("people").resolve(name)));
    }

    /** Starts {@code receive --json} into the folder {@code out}, on a free port of the loopback address. */
    RunningReceive receive(Object... options) {
        return receiveInto(path("out"), options);
    }

    /** Starts {@code receive --json} into this folder, on a free port of the loopback address. */
    RunningReceive receiveInto(Path out, Object... options) {
        return receive(receiving(out).and("--listen", "127.0.0.1:0").and(options), out);
    }

    /** Starts this, which must speak JSON and listen. */
    RunningReceive receive(Command receive, Path out) {
        return keep(RunningReceive.start(receive, out));
    }

    /** A {@code receive --json} into this folder that has not been told where to listen. */
    Command receiving(Path out) {
        return Command.receive("--json", "--dir", out).in(folder).as(receiver());
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
