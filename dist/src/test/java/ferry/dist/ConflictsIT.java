package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a file whose name a different one has at the receiver. */
final class ConflictsIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aDifferentFileOfTheSameNameGetsANumberAndTheSameOneDoesNot() {
        RunningReceive receive = bench.receive();
        for (String content : new String[] {"one", "another", "a third", "another", "one", "a third"}) {
            bench.send(bench.file("file.txt", content), receive.endpoint()).expect(0);
        }

        receive.stop().expect(0);

        assertThat(Tree.of(receive.folder())).containsOnlyKeys("file.txt", "file (1).txt", "file (2).txt");
        assertThat(receive.folder().resolve("file.txt")).hasContent("one");
        assertThat(receive.folder().resolve("file (1).txt")).hasContent("another");
        assertThat(receive.folder().resolve("file (2).txt")).hasContent("a third");
    }

    @Test
    void bothSidesSayUnderWhichNameAFileWasPlaced() {
        bench.file("out/file.txt", "different");
        RunningReceive receive = bench.receive();

        Result sent =
                bench.send(bench.file("file.txt", "new"), receive.endpoint()).expect(0);

        assertThat(sent.errors()).contains("send: file.txt: placed as file (1).txt");
        assertThat(receive.stop().event("entry").text("placed")).isEqualTo("file (1).txt");
    }

    @Test
    void overwriteReplacesTheOther() {
        Path there = bench.file("out/file.txt", "old");
        RunningReceive receive = bench.receive("--on-conflict", "overwrite");

        bench.send(bench.file("file.txt", "new"), receive.endpoint()).expect(0);

        assertThat(there).hasContent("new");
    }

    @ParameterizedTest
    @CsvSource({"skip, skipped", "fail, conflict"})
    void skipAndFailKeepTheOtherAndSaySo(String policy, String code) {
        Path there = bench.file("out/file.txt", "old");
        RunningReceive receive = bench.receive("--on-conflict", policy);

        Result sent = bench.send("--json", bench.file("file.txt", "new"), receive.endpoint())
                .expect(8);

        assertThat(there).hasContent("old");
        assertThat(sent.event("failed").text("code")).isEqualTo(code);
        assertThat(sent.event("failed").number("status")).isEqualTo(8);
        assertThat(sent.errors()).startsWith("send: error: file.txt: ");
        assertThat(receive.stop().event("failed").text("code")).isEqualTo(code);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("file.txt");
    }

    @Test
    void aDirectoryIsMergedWithTheOneThatIsThere() {
        bench.file("out/photos/old.jpg", 10);
        bench.file("photos/new.jpg", 10);
        RunningReceive receive = bench.receive();

        bench.send("photos", receive.endpoint()).expect(0);

        receive.stop();
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("photos", "photos/old.jpg", "photos/new.jpg");
    }

    @Test
    void aFileNeverReplacesADirectoryNorADirectoryAFile() {
        bench.file("out/a/inside", 10);
        bench.file("out/b", 10);
        bench.file("a", 10);
        bench.file("b/inside", 10);
        RunningReceive receive = bench.receive("--on-conflict", "overwrite");

        bench.send("a", receive.endpoint()).expect(8);
        bench.send("b", receive.endpoint()).expect(8);

        receive.stop();
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("a", "a/inside", "b");
    }

    @Test
    void aNameThatLeadsThroughALinkOfTheReceiverIsRefused() throws Exception {
        Path elsewhere = bench.directory("elsewhere");
        bench.directory("out");
        Files.createSymbolicLink(bench.path("out/photos"), elsewhere);
        bench.file("photos/new.jpg", 10);
        RunningReceive receive = bench.receive();

        bench.send("photos", receive.endpoint()).expect(8);

        assertThat(elsewhere).isEmptyDirectory();
    }
}
