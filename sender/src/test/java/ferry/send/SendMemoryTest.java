package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ferry.entry.ChunkSet;
import ferry.wire.Frame;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That a transfer of any length needs no more than a short one. */
@Timeout(60)
class SendMemoryTest {
    private static final int ENTRIES = 40_000;
    private static final int SAMPLE = 100;

    @TempDir
    Path dir;

    @Test
    void forgetsEntriesThatAreStoredButForSomeThousands() throws Exception {
        List<WeakReference<SourceEntry>> samples = new ArrayList<>();
        try (SessionRun run = SessionRun.start()) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            CompletableFuture<Void> scan = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < ENTRIES; i++) {
                    SourceEntry entry = LedgerTest.directory("d" + i);
                    if (i % SAMPLE == 0) {
                        samples.add(new WeakReference<>(entry));
                    }
                    run.finds(entry);
                }
            });
            for (int i = 0; i < ENTRIES; i++) {
                assertThat(receiver.hear(Frame.Offer.class).entry()).isEqualTo(i);
                receiver.say(new Frame.Stored(i));
            }
            scan.join();
            await().until(() -> {
                System.gc();
                return samples.stream().filter(sample -> sample.get() != null).count()
                        <= Ledger.MAX_STORED / SAMPLE + 2;
            });
            run.findsOnly();
            receiver.hear(Frame.Done.class);
            for (int i = ENTRIES - 1; i >= 0; i--) {
                receiver.say(receiptOfDirectory(i));
            }
            receiver.say(new Frame.Finished(ENTRIES, 0, 0));
            run.assertComplete();
        }
    }

    @Test
    void opensNoFileThatHasToWaitForProofs() throws Exception {
        List<SourceEntry> files = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            files.add(SessionRun.file(Files.write(dir.resolve("f" + i), new byte[100_000])));
        }
        try (SessionRun run = SessionRun.start().findsOnly(files.toArray(SourceEntry[]::new))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            int proofs = 0;
            for (int offers = 0; offers < 300; ) {
                switch (receiver.hearAny()) {
                    case Frame.Offer offer -> {
                        receiver.say(new Frame.Compare(offer.entry(), ChunkSet.all(1)));
                        offers++;
                    }
                    case Frame.Proof _ -> proofs++;
                    case Frame.End _ -> {}
                    case Frame other -> throw new AssertionError(other.describe());
                }
            }
            while (proofs < 64) {
                receiver.await(Frame.Proof.class);
                proofs++;
            }
            await().untilAsserted(() -> assertThat(openFilesIn(dir)).isZero());
        }
    }

    /** How many handles this process holds of files in the folder. */
    private static long openFilesIn(Path folder) throws Exception {
        Path handles = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(handles), "this system does not tell");
        long count = 0;
        try (var all = Files.newDirectoryStream(handles)) {
            for (Path handle : all) {
                if (Files.isSymbolicLink(handle) && pointsInto(folder, handle)) {
                    count++;
                }
            }
        }
        return count;
    }

    private static boolean pointsInto(Path folder, Path handle) throws Exception {
        try {
            return Files.readSymbolicLink(handle).startsWith(folder.toRealPath());
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
