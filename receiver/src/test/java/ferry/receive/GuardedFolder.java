package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.wire.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A receiver's folder with a link out of it, and what must not change there. */
final class GuardedFolder {
    private final Path dir;
    private final Map<String, String> outside;

    private GuardedFolder(Path dir) throws IOException {
        this.dir = dir;
        this.outside = TestDisk.tree(secret());
    }

    /** Beside a secret to which a link named {@code door} leads. */
    static GuardedFolder in(Path dir) throws IOException {
        Path secret = Files.createDirectories(dir.resolve("secret"));
        Files.writeString(secret.resolve("key"), "nobody may read or change this");
        Path out = Files.createDirectories(dir.resolve("out"));
        Files.createSymbolicLink(out.resolve("door"), Path.of("../secret"));
        return new GuardedFolder(dir);
    }

    Path out() {
        return dir.resolve("out");
    }

    private Path secret() {
        return dir.resolve("secret");
    }

    RunningReceiver receiver(Way way) throws Exception {
        return RunningReceiver.start(RunningReceiver.request(out()), way::access);
    }

    /** Lets an honest sender send a file. */
    void serveHonestly(Way way, RunningReceiver running) throws Exception {
        try (EncryptedSender honest = way.enter(running.port())) {
            assertThat(honest.file(0, "honest", "content").finish(1)).isEqualTo(new Frame.Finished(1, 0, 7));
        }
        assertThat(out().resolve("honest")).hasContent("content");
    }

    void assertOnlyWhatIsHonestIsThere() throws IOException {
        try (Stream<Path> there = Files.list(out())) {
            assertThat(there.map(path -> path.getFileName().toString()).filter(name -> !name.equals(".ferry")))
                    .containsExactlyInAnyOrder("honest", "door");
        }
    }

    void assertNothingHasChangedOutside() throws IOException {
        assertThat(TestDisk.tree(secret())).isEqualTo(outside);
        try (Stream<Path> beside = Files.list(dir)) {
            assertThat(beside.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("secret", "out");
        }
    }
}
