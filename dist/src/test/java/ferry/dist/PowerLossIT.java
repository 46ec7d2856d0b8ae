package ferry.dist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.dist.Trace.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What would be on the disk if the power failed: the receiver's system calls are written down by {@code strace}, and must come
 * in the one order in which nothing that has a receipt can be lost.
 */
final class PowerLossIT {
    private static final int SIZE = 300_000;

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aReceiptIsWrittenAfterContentIsSyncedNamedAndItsNameSynced() throws IOException {
        bench.file("from/one/two/file", SIZE);
        bench.file("from/one/small", 10);
        RunningReceive receive = traced();

        bench.send("--plain", "--json", "from", receive.endpoint()).expect(0);

        receive.stop().expect(0);
        Trace trace = traceOf(receive);
        for (String name : List.of("from/one/two/file", "from/one/small")) {
            requireOrder(trace, receive.folder(), name);
        }
    }

    @Test
    void everyNewDirectoryIsSyncedIntoItsParentUpToTheFolder() throws IOException {
        bench.directory("from/a/b/c/empty");
        bench.file("from/a/b/file", SIZE);
        RunningReceive receive = traced();

        bench.send("--plain", "from", receive.endpoint()).expect(0);

        receive.stop().expect(0);
        Trace trace = traceOf(receive);
        Path out = receive.folder().toRealPath();
        for (String name : List.of("from", "from/a", "from/a/b", "from/a/b/c", "from/a/b/c/empty")) {
            Path directory = out.resolve(name);
            Call made = trace.only(
                    "making of " + name,
                    call -> call.name().startsWith("mkdir") && call.arguments().contains("\"" + directory + "\""));
            Call receipt = receipt(trace, name);
            assertThat(trace.calls(call ->
                            call.isSyncOf(parentOf(directory)) && made.isBefore(call) && call.isBefore(receipt)))
                    .as("syncs of the parent of " + name)
                    .isNotEmpty();
        }
        // What is in these directories is told only when they cannot be lost any more.
        Call receipt = receipt(trace, "from/a/b/file");
        for (Path parent : List.of(out, out.resolve("from"), out.resolve("from/a"), out.resolve("from/a/b"))) {
            assertThat(trace.calls(call -> call.isSyncOf(parent) && call.isBefore(receipt)))
                    .as("syncs of " + parent)
                    .isNotEmpty();
        }
    }

    @Test
    void aTreeThatAppearsAtOnceIsSyncedBeforeItHasItsNameAndThatNameBeforeItsReceipts() throws IOException {
        bench.file("from/one/two/file", SIZE);
        bench.file("from/one/small", 10);
        RunningReceive receive = traced();

        bench.send("--plain", "--atomic", "from", receive.endpoint()).expect(0);

        receive.stop().expect(0);
        Trace trace = traceOf(receive);
        Path out = receive.folder().toRealPath();
        Call placed = trace.only(
                "placing of the tree",
                call -> call.isPlacing()
                        && call.hasSucceeded()
                        && call.arguments().contains("\"" + out.resolve("from") + "\""));
        Path staged = Path.of(placed.arguments().replaceFirst("^[^\"]*\"([^\"]*)\".*", "$1"));
        for (String name : List.of("", "one", "one/two")) {
            assertThat(trace.calls(call -> call.isSyncOf(staged.resolve(name)) && call.isBefore(placed)))
                    .as("syncs of '%s' before it has its name", name)
                    .isNotEmpty();
        }
        for (String name : List.of("one/two/file", "one/small")) {
            Call inTree = trace.only(
                    "placing of " + name,
                    call -> call.isPlacing()
                            && call.hasSucceeded()
                            && call.arguments().contains("\"" + staged.resolve(name) + "\""));
            Path content = Path.of(inTree.arguments().replaceFirst("^[^\"]*\"([^\"]*)\".*", "$1"));
            assertThat(trace.calls(call -> call.isSyncOf(content) && call.isBefore(inTree)))
                    .as("syncs of " + name)
                    .isNotEmpty();
            assertThat(trace.calls(call -> call.isSyncOf(out)
                            && placed.isBefore(call)
                            && call.isBefore(receipt(trace, "from/" + name))))
                    .as("syncs of the folder before the receipt of " + name)
                    .isNotEmpty();
        }
    }

    /** Whichever sync fails, of each of the receiver's threads: what had a receipt is there, nothing else is believed, and another try is right. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "1+"})
    void afterAFailedSyncNothingOfThatFileIsTrusted(String which) throws IOException {
        Path file = bench.file("from/file", SIZE);
        RunningReceive receive = traced("-e", "inject=fsync,fdatasync:error=EIO:when=" + which);

        Result sent = bench.send("--plain", "--json", "from", receive.endpoint());

        Path arrived = receive.folder().resolve("from/file");
        List<String> kept = receive.received().stream().toList();
        boolean hasReceipt = sent.events("entry").stream()
                .anyMatch(event -> event.text("path").equals("from/file"));
        assertThat(hasReceipt)
                .isEqualTo(sent.events("failed").stream()
                        .noneMatch(event -> event.text("path").equals("from/file")));
        receive.process().signal("TERM");
        receive.process().awaitEnd();
        Trace trace = traceOf(receive);
        List<Call> failed = trace.calls(Call::isInjected).toList();
        assertThat(failed.isEmpty()).as("whether syncs failed").isEqualTo(which.equals("2") && hasReceipt);
        if (failed.stream().anyMatch(call -> call.arguments().contains("/.ferry/"))) {
            assertThat(hasReceipt).as("a receipt for %s", failed).isFalse();
            assertThat(kept).as("kept after %s", failed).doesNotContain("from/file");
        }
        if (hasReceipt) {
            assertThat(arrived).hasSameBinaryContentAs(file);
        } else {
            assertThat(sent.status()).as("%s after %s", sent, failed).isNotZero();
        }

        RunningReceive another = bench.receive();
        Result again =
                bench.send("--plain", "--json", "from", another.endpoint()).expect(0);
        another.stop().expect(0);
        assertThat(again.event("finished").number("failed")).isZero();
        assertThat(arrived).hasSameBinaryContentAs(file);
        assertThat(another.received()).containsExactlyInAnyOrder("from", "from/file");
    }

    private void requireOrder(Trace trace, Path folder, String name) throws IOException {
        Path target = folder.toRealPath().resolve(name);
        Call placed = trace.only(
                "placing of " + name,
                call -> call.isPlacing()
                        && call.hasSucceeded()
                        && call.arguments().contains("\"" + target + "\""));
        Path staged = Path.of(placed.arguments().replaceFirst("^[^\"]*\"([^\"]*)\".*", "$1"));
        List<Call> written = trace.calls(
                        call -> call.isWrite() && call.arguments().contains("<" + staged + ">"))
                .toList();
        assertThat(written).as("writes of " + staged).isNotEmpty();
        List<Call> synced = trace.calls(call -> call.isSyncOf(staged) && call.hasSucceeded())
                .filter(call -> written.stream().allMatch(write -> write.isBefore(call)) && call.isBefore(placed))
                .toList();
        assertThat(synced)
                .as("syncs of %s between its writes and its placing", staged)
                .isNotEmpty();
        Call receipt = receipt(trace, name);
        assertThat(trace.calls(
                        call -> call.isSyncOf(parentOf(target)) && placed.isBefore(call) && call.isBefore(receipt)))
                .as("syncs of the directory of " + name)
                .isNotEmpty();
    }

    /** The writing to the socket that has the receipt: the receiver names a path in no other frame of an entry that it accepts. */
    private static Call receipt(Trace trace, String name) {
        StringBuilder field = new StringBuilder("\\x%02x\\x%02x".formatted(name.length() >> 8, name.length() & 0xff));
        for (byte each : name.getBytes(US_ASCII)) {
            field.append("\\x%02x".formatted(each));
        }
        return trace.calls(call -> call.isWrite()
                        && call.arguments().contains("<TCP")
                        && call.arguments().contains(field))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no receipt for " + name));
    }

    private static Path parentOf(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    /** A receiver whose system calls are written down. */
    private RunningReceive traced(Object... more) {
        Path out = bench.directory("out");
        List<Object> strace = new ArrayList<>(List.of(
                "strace", "-D", "-f", "-yy", "-x", "-s", "65536", "-o", bench.path("trace"), "-e", Trace.CALLS));
        strace.addAll(List.of(more));
        return bench.receive(bench.receiving(out).and("--listen", "127.0.0.1:0").under(strace.toArray()), out);
    }

    /** What was written down; the tracer ends a moment after the receiver. */
    private Trace traceOf(RunningReceive receive) throws IOException {
        Predicate<String> end = Pattern.compile("(?m)^" + receive.process().pid() + " +\\+\\+\\+ exited")
                .asPredicate();
        await().until(() -> end.test(Files.readString(bench.path("trace"), ISO_8859_1)));
        return Trace.read(bench.path("trace"));
    }
}
