package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits of room, size, speed and durability. */
final class LimitsIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aFileForWhichThereIsNoRoomIsRefusedBeforeItIsSentAndASmallerOneIsTaken() {
        RunningReceive receive = bench.receiveInto(smallDisk());

        Result sent = bench.send("--json", bench.file("large", 30_000_000), receive.endpoint())
                .expect(8);

        assertThat(sent.event("failed").text("code")).isEqualTo("no_space");
        assertThat(sent.event("finished").number("moved")).isLessThan(1_000_000);
        requireThatItGoesOn(receive);
    }

    @Test
    void aDiskThatIsFullInTheMiddleFailsTheEntryOnBothSidesAndLeavesNothing() {
        RunningReceive receive = bench.receiveInto(smallDisk());

        Result sent = bench.sending("--json", "-", receive.endpoint())
                .from(bench.file("large", 30_000_000))
                .run()
                .expect(8);

        assertThat(sent.event("failed").text("code")).isEqualTo("no_space");
        assertThat(sent.errors()).startsWith("send: error: stdin: ");
        assertThat(receive.awaitEvents("failed", 1).getFirst().text("code")).isEqualTo("no_space");
        requireThatItGoesOn(receive);
    }

    @Test
    void aDiskThatAnotherProgramFillsIsToldToWhoeverSends() {
        RunningReceive receive = bench.receiveInto(smallDisk());
        RunningProcess send = bench.start(
                bench.sending("--json", "--limit", "1MB/s", bench.file("large", 6_000_000), receive.endpoint()));
        receive.awaitEvents("started", 1);

        Command.of("sh", "-c", "cat /dev/zero > filler").in(receive.folder()).run();

        Result sent = send.awaitEnd().expect(8);
        assertThat(sent.event("failed").text("code")).isEqualTo("no_space");
        assertThat(receive.awaitFinished().number("status")).isEqualTo(8);
        Command.of("rm", "filler").in(receive.folder()).run().expect(0);
        requireThatItGoesOn(receive);
    }

    @Test
    void whatIsLargerThanTheReceiverTakesIsRefused() {
        RunningReceive receive = bench.receive("--max-size", "1MB");
        Path large = bench.file("large", 1_000_001);

        Result named = bench.send("--json", large, receive.endpoint()).expect(8);
        Result streamed = bench.sending("--json", "-", receive.endpoint())
                .from(large)
                .run()
                .expect(8);
        bench.send(bench.file("small", 1_000_000), receive.endpoint()).expect(0);

        assertThat(named.event("failed").text("code")).isEqualTo("too_large");
        assertThat(streamed.event("failed").text("code")).isEqualTo("too_large");
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("small");
    }

    @Test
    void aLimitedTransferTakesItsTime() {
        Path file = bench.file("file", 3_000_000);
        RunningReceive receive = bench.receive();

        Event limited = bench.send("--json", "--limit", "1MB/s", file, receive.endpoint())
                .expect(0)
                .event("finished");

        assertThat((Double) limited.fields().get("seconds")).isBetween(2.0, 30.0);
        assertThat(limited.text("limited_by")).isEqualTo("rate_limit");
    }

    @Test
    void whoSendsToAReceiverThatDoesNotSyncIsWarned() {
        RunningReceive receive = bench.receive("--no-fsync");

        Result words = bench.send(bench.file("file", 10), receive.endpoint()).expect(0);
        Result json = bench.send("--json", bench.file("other", 10), receive.endpoint())
                .expect(0);

        assertThat(words.errors()).contains("send: warning: ", "does not sync", "not synced to the disk");
        assertThat(json.event("entry").text("durability")).isEqualTo("written");
        assertThat(json.event("warning").text("text")).contains("does not sync");
    }

    /** A file system of 8 MiB; only root can have one. */
    private Path smallDisk() {
        Path disk = bench.directory("disk");
        Result mounted = Command.of("mount", "-t", "tmpfs", "-o", "size=8m", "ferry-it", disk)
                .run();
        Assumptions.assumeTrue(mounted.status() == 0, "only root may mount");
        bench.keep(() -> Command.of("umount", "--lazy", disk).run().expect(0));
        return disk;
    }

    private void requireThatItGoesOn(RunningReceive receive) {
        bench.send(bench.file("small", 1_000_000), receive.endpoint()).expect(0);
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("small");
    }
}
