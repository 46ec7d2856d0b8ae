package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list of the keys that may send, and what each of them may. */
final class AllowIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void onlyAListedKeyMaySend() {
        RunningReceive receive = allowing(line(""));
        Path file = bench.file("file", 10);

        bench.send(file, receive.endpoint()).expect(0);
        Result stranger = bench.sending("--json", bench.file("strange", 10), receive.endpoint())
                .as(bench.person("another"))
                .run();

        assertThat(stranger.expect(5).event("stopped").text("code")).isEqualTo("access_denied");
        assertThat(receive.process().soFar().events("started")).hasSize(1);
        assertThat(stranger.errors()).contains("hint: ", "send --fingerprint");
        Result received = receive.stop().expect(0);
        assertThat(received.output()).contains(bench.person("another").fingerprint());
        assertThat(receive.received()).containsExactlyInAnyOrder("file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"removed", "revoked"})
    void aKeyThatIsTakenOffWhileTheReceiverRunsIsOutAtOnce(String how) {
        RunningReceive receive = allowing(line(""));
        bench.send(bench.file("first", 10), receive.endpoint()).expect(0);

        bench.file("senders", how.equals("removed") ? "# nobody\n" : line("") + "@revoked " + key() + " stolen\n");

        bench.send(bench.file("second", 10), receive.endpoint()).expect(5);
        bench.file("senders", line(""));
        bench.send(bench.file("third", 10), receive.endpoint()).expect(0);
        receive.stop().expect(0);
        assertThat(receive.received()).containsExactlyInAnyOrder("first", "third");
    }

    @Test
    void aBrokenFileLetsNobodyInAndOnlyTheReceiversOwnerIsToldWhere() {
        RunningReceive receive = allowing(line(""));
        bench.file("senders", line("") + "dir sha256:nonsense\n");

        Result sent = bench.send(bench.file("file", 10), receive.endpoint()).expect(5);

        assertThat(sent.errors()).doesNotContain("senders").doesNotContain("nonsense");
        assertThat(receive.stop().expect(0).output()).contains(bench.path("senders") + ":2:");
        assertThat(receive.received()).isEmpty();
    }

    @Test
    void aFileThatIsBrokenOrThatOthersMayWriteIsRefusedAtTheStart() throws IOException {
        Path senders = bench.file("senders", "dir= " + key() + "\n");
        Command receive = bench.receiving(bench.path("out")).and("--listen", "127.0.0.1:0", "--allow", senders);

        assertThat(receive.run().expect(3).errors()).contains(senders + ":1:");

        Files.writeString(senders, line(""));
        Files.setPosixFilePermissions(senders, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(receive.run().expect(3).errors()).contains(senders + ": ", "hint: chmod go-w " + senders);
    }

    @Test
    void aSenderHasAFolderOfItsOwnAndNoWayOutOfIt() throws IOException {
        Path out = bench.directory("out");
        Path elsewhere = bench.directory("elsewhere");
        bench.file("out/other/secret", "of somebody else");
        Files.createDirectories(out.resolve("anna/laptop"));
        Files.createSymbolicLink(out.resolve("anna/laptop/away"), elsewhere);
        Files.createSymbolicLink(out.resolve("anna/laptop/up"), Path.of("../../other"));
        RunningReceive receive = allowing(line("dir=anna/laptop"));
        bench.file("from/new", 10);
        Files.createSymbolicLink(bench.path("from/out"), Path.of("../../../other/secret"));
        bench.file("away/stolen", 10);
        bench.file("up/stolen", 10);

        bench.send(bench.file("file", 10), receive.endpoint()).expect(0);
        bench.send("away", receive.endpoint()).expect(8);
        bench.send("up", receive.endpoint()).expect(8);
        Result link = bench.send("--json", "from", receive.endpoint()).expect(9);

        assertThat(link.event("failed").text("code")).isEqualTo("link_refused");
        receive.stop().expect(0);
        assertThat(elsewhere).isEmptyDirectory();
        assertThat(Tree.of(out))
                .containsOnlyKeys(
                        "anna",
                        "anna/laptop",
                        "anna/laptop/away",
                        "anna/laptop/up",
                        "anna/laptop/file",
                        "anna/laptop/from",
                        "anna/laptop/from/new",
                        "other",
                        "other/secret");
    }

    @Test
    void aSenderMayHaveItsOwnMaximum() {
        RunningReceive receive = allowing(line("max-size=1kB"));

        Result large = bench.send("--json", bench.file("large", 1001), receive.endpoint())
                .expect(8);
        bench.send(bench.file("small", 1000), receive.endpoint()).expect(0);

        assertThat(large.event("failed").text("code")).isEqualTo("too_large");
        receive.stop().expect(0);
        assertThat(receive.received()).containsExactlyInAnyOrder("small");
    }

    @Test
    void aSenderMayBeSlowedDownAndTheOthersAreNot() {
        RunningReceive receive =
                allowing(line("rate=1MB/s") + bench.person("another").fingerprint() + "\n");
        Command slow = bench.sending("--json", bench.file("slow", 5_000_000), receive.endpoint());
        Command fast = bench.sending("--json", bench.file("fast", 5_000_000), receive.endpoint())
                .as(bench.person("another"));

        assertThat(secondsOf(slow)).isGreaterThan(2 * secondsOf(fast)).isGreaterThan(3);
        receive.stop().expect(0);
    }

    @Test
    void aSenderMayHaveItsOwnWayWithConflicts() {
        RunningReceive receive =
                allowing(line("on-conflict=overwrite") + bench.person("another").fingerprint() + "\n");
        bench.file("out/file", "old");

        bench.send(bench.file("file", "new"), receive.endpoint()).expect(0);
        bench.sending(bench.file("file", "newest"), receive.endpoint())
                .as(bench.person("another"))
                .run()
                .expect(0);

        receive.stop().expect(0);
        assertThat(receive.folder().resolve("file")).hasContent("new");
        assertThat(receive.folder().resolve("file (1)")).hasContent("newest");
    }

    @Test
    void aSenderMayBeKeptFromSomeNames() {
        RunningReceive receive = allowing(line("on-conflict=overwrite,readonly=\"*.conf\",readonly=\"keep out/\""));
        bench.file("out/from/a.conf", "theirs");
        bench.file("from/a.conf", "mine");
        bench.file("from/b.conf", "mine");
        bench.file("from/keep out/file", "mine");
        bench.file("from/c.txt", "mine");

        Result sent = bench.send("--json", "from", receive.endpoint()).expect(9);

        assertThat(sent.events("failed"))
                .extracting(event -> event.text("path"))
                .contains("from/a.conf", "from/b.conf", "from/keep out/file");
        receive.stop().expect(0);
        assertThat(receive.received()).containsExactlyInAnyOrder("from", "from/a.conf", "from/c.txt");
        assertThat(receive.folder().resolve("from/a.conf")).hasContent("theirs");
    }

    @Test
    void aKeyAndACodeTogetherAreBothDemanded() throws IOException {
        Path code = bench.secret("code", "10-supply-nephew-deacon-line-recite-dentist");
        RunningReceive receive = allowing(line(""), "--code-file", code, "--standing");
        Path file = bench.file("file", 10);

        bench.send(file, receive.endpoint()).expect(5);
        bench.sending("--code-file", code, file, receive.endpoint())
                .as(bench.person("another"))
                .run()
                .expect(5);
        assertThat(receive.received()).isEmpty();
        bench.send("--code-file", code, file, receive.endpoint()).expect(0);
    }

    private static double secondsOf(Command send) {
        Object seconds = send.run().expect(0).event("finished").fields().get("seconds");
        return Double.parseDouble(String.valueOf(seconds));
    }

    private RunningReceive allowing(String lines, Object... options) {
        return bench.receive(
                bench.receiving(bench.path("out"))
                        .and("--listen", "127.0.0.1:0", "--allow", bench.file("senders", lines))
                        .and(options),
                bench.path("out"));
    }

    /** A line for whoever sends in this test. */
    private String line(String options) {
        return (options.isEmpty() ? "" : options + " ") + key() + " the sender\n";
    }

    private String key() {
        return bench.sender().fingerprint();
    }
}
