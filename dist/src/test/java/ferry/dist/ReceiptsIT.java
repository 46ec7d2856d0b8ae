package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code --receipt}, {@code --verify} and {@code --sha256} of both programs (docs/RECEIPTS.md). */
final class ReceiptsIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void bothReceiptsVerifyWhatArrivedAndShowWhatRots() throws IOException {
        Path tree = bench.directory("tree");
        Path large = bench.file("tree/large.bin", 20_000_000);
        bench.file("tree/sub/small", 100);
        Path sent = bench.path("sent.receipt");
        Path received = bench.path("received.receipt");
        RunningReceive receive = bench.receive("--receipt", received.toString());
        bench.send("--receipt", sent.toString(), tree, receive.endpoint()).expect(0);
        receive.stop().expect(0);

        for (Path receipt : new Path[] {sent, received}) {
            verify(receipt, receive.folder()).expect(0);
        }
        Path arrived = receive.folder().resolve("tree/large.bin");
        FileTime time = Files.getLastModifiedTime(arrived);
        byte[] bytes = Files.readAllBytes(arrived);
        bytes[12_345_678] ^= 1;
        Files.write(arrived, bytes);
        Files.setLastModifiedTime(arrived, time);
        Files.delete(receive.folder().resolve("tree/sub/small"));

        for (Path receipt : new Path[] {sent, received}) {
            Result check = verify(receipt, receive.folder()).expect(7);
            assertThat(check.output().lines())
                    .containsExactlyInAnyOrder(
                            "rotted: tree/large.bin: other bytes than its receipt says, though size and time are the same",
                            "missing: tree/sub/small: nothing is there");
        }
        assertThat(large).hasSize(20_000_000);
    }

    @Test
    void bothProgramsPrintWhatSha256sumPrints() throws IOException {
        Path tree = bench.directory("tree");
        bench.file("tree/large.bin", 20_000_000);
        bench.file("tree/empty", 0);
        bench.file("tree/back\\slash and\nline", 5);
        RunningReceive receive = bench.receive("--sha256");

        Result first = bench.send("--sha256", tree, receive.endpoint()).expect(0);
        Result again = bench.send("--sha256", tree, receive.endpoint()).expect(0);

        Path sums = Files.writeString(bench.path("sums"), first.output());
        bench.start(Command.of("sha256sum", "-c", "--strict", sums.toString()).in(receive.folder()))
                .awaitEnd()
                .expect(0);
        assertThat(again.output().lines())
                .containsExactlyInAnyOrderElementsOf(first.output().lines().toList());
        String digest = first.output()
                .lines()
                .filter(line -> line.endsWith("  tree/large.bin"))
                .map(line -> line.substring(0, 64))
                .findAny()
                .orElseThrow();
        assertThat(receive.stop().expect(0).output()).contains(digest);
    }

    @Test
    void aReceiptThatCannotBeWrittenIsTold() throws IOException {
        Path file = bench.file("file", 100);
        RunningReceive receive = bench.receive();

        Result full =
                bench.send("--receipt", "/dev/full", file, receive.endpoint()).expect(3);
        Result nowhere = bench.send("--receipt", bench.path("no/receipt"), file, receive.endpoint())
                .expect(3);

        assertThat(full.errors()).contains("the receipt cannot be written: No space left on device");
        assertThat(receive.folder().resolve("file")).hasSize(100);
        assertThat(nowhere.errors()).contains("no such file or directory");
    }

    private Result verify(Path receipt, Path folder) {
        return bench.start(Command.receive("--verify", receipt.toString(), "--dir", folder.toString()))
                .awaitEnd();
    }
}
