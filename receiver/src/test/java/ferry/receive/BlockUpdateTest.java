package ferry.receive;

import static ferry.receive.TestDisk.file;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Outcome;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that are there already, older or whole, and what is taken of them. */
@Timeout(60)
class BlockUpdateTest extends BrokenTransfers {
    @Test
    void neverWritesIntoAFileThatHasBeenPlaced() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2, 3);
            // As a receiver leaves it that dies between placing the file and removing its staged name.
            Files.createLink(out.resolve("f"), content());
            byte[] changed = CONTENT.clone();
            changed[5]++;
            ScriptedFerrySender sender = compare(host, changed, ChunkSet.all(4));
            differs(sender, changed, 0);
            prove(sender, changed, 1, 2, 3).end(0, changed);
            assertThat(sender.hear(Frame.Receipt.class).path()).isEqualTo("f (1)");
            sender.finish(1);
            sender.close();
            assertThat(out.resolve("f")).hasBinaryContent(CONTENT);
            assertThat(out.resolve("f (1)")).hasBinaryContent(changed);
            assertNothingIsKept();
        }
    }

    @Test
    void updatesAFileWithTheChunksOfStagingAndThoseOfTheOldOne() throws Exception {
        byte[] old = CONTENT.clone();
        old[3]++;
        old[2 * Chunks.SIZE + 3]++;
        Files.write(out.resolve("f"), old);
        try (SessionHost host = host(ConflictPolicy.OVERWRITE)) {
            ScriptedFerrySender broken = compare(host, CONTENT, ChunkSet.all(4));
            differs(broken, CONTENT, 0);
            prove(broken, CONTENT, 1).leave();
            assertThat(broken.status()).isPresent();
            broken.close();
            assertThat(out.resolve("f")).as("until the other is whole").hasBinaryContent(old);

            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(4));
            prove(sender, CONTENT, 0, 1);
            differs(sender, CONTENT, 2);
            prove(sender, CONTENT, 3);
            finish(sender, CONTENT, Chunks.SIZE);
        }
    }

    @Test
    void updatesAFileThatWasShorter() throws Exception {
        Files.write(out.resolve("f"), Arrays.copyOf(CONTENT, 2 * Chunks.SIZE + 10));
        try (SessionHost host = host(ConflictPolicy.OVERWRITE)) {
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(2));
            send(prove(sender, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(sender, CONTENT, Chunks.SIZE + 1000L);
        }
    }

    @Test
    void updatesAFileThatWasLonger() throws Exception {
        Files.write(out.resolve("f"), Arrays.copyOf(CONTENT, 5 * Chunks.SIZE));
        try (SessionHost host = host(ConflictPolicy.OVERWRITE)) {
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(4));
            prove(sender, CONTENT, 0, 1, 2, 3);
            finish(sender, CONTENT, 0);
        }
    }

    @Test
    void comparesWithNoFileOfAnotherSizeThatIsToStay() throws Exception {
        Files.write(out.resolve("f"), Arrays.copyOf(CONTENT, 2 * Chunks.SIZE));
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
        }
    }

    @Test
    void isDoneIfTheFileIsThereThoughStagingHasAPartOfIt() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            Files.write(out.resolve("f"), CONTENT);
            try (ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(4))) {
                prove(sender, CONTENT, 0, 1, 2, 3).end(0, CONTENT);
                assertThat(sender.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.SAME);
                sender.finish(1);
            }
            assertNothingIsKept();
        }
    }
}
