package ferry.receive;

import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.options;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several transfers want one name at the same moment: each file is under some name, or refused, and none is lost. */
class PlacementRaceTest {
    private static final int RACERS = 8;
    private static final int ROUNDS = 25;

    @TempDir
    Path root;

    enum Way {
        HARD_LINKS,
        NO_HARD_LINKS;

        NameTaking naming(Path lockFile) {
            return switch (this) {
                case HARD_LINKS -> NameTaking.BY_LINK;
                // One each, as different receivers have it: only the file is common.
                case NO_HARD_LINKS -> NameTaking.byLock(lockFile);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void renameEndsInAsManyFilesAsTransfers(Way way) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path out = Files.createDirectory(root.resolve("out" + round));
            List<Object> ends = race(way, out, ConflictPolicy.RENAME);

            assertThat(ends).allSatisfy(end -> assertThat(end).isInstanceOf(Placement.class));
            Map<String, String> tree = TestDisk.tree(out);
            assertThat(tree).hasSize(RACERS);
            assertThat(tree.values()).doesNotHaveDuplicates();
            assertThat(tree).containsKeys("same.txt", "same (1).txt", "same (7).txt");
        }
    }

    @ParameterizedTest
    @EnumSource
    void failEndsInOneFileAndRefusals(Way way) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path out = Files.createDirectory(root.resolve("out" + round));
            List<Object> ends = race(way, out, ConflictPolicy.FAIL);

            assertThat(ends.stream().filter(Placement.class::isInstance)).hasSize(1);
            assertThat(ends.stream().filter(ErrorCode.CONFLICT::equals)).hasSize(RACERS - 1);
            assertThat(TestDisk.tree(out)).containsOnlyKeys("same.txt");
        }
    }

    @ParameterizedTest
    @EnumSource
    void overwriteEndsInOneWholeFile(Way way) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path out = Files.createDirectory(root.resolve("out" + round));
            List<Object> ends = race(way, out, ConflictPolicy.OVERWRITE);

            assertThat(ends)
                    .allSatisfy(end -> assertThat(end)
                            .isInstanceOfSatisfying(
                                    Placement.class,
                                    placement -> assertThat(placement.outcome()).isEqualTo(Outcome.PLACED)));
            assertThat(TestDisk.tree(out)).containsOnlyKeys("same.txt");
            assertThat(out.resolve("same.txt")).content().matches("content of [0-7]");
        }
    }

    /** Each racer is a transfer of its own; answers its placement or the code of its refusal. */
    private List<Object> race(Way way, Path out, ConflictPolicy policy) throws Exception {
        Path staging = Files.createDirectories(out.resolve(".ferry"));
        CyclicBarrier start = new CyclicBarrier(RACERS);
        List<Future<Object>> futures = new ArrayList<>();
        List<Object> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
            for (int i = 0; i < RACERS; i++) {
                Path folder = Files.createDirectory(staging.resolve("transfer" + i));
                Disk disk = TestDisk.disk(
                        out,
                        folder,
                        options(policy),
                        Syncer.NONE,
                        way.naming(staging.resolve("placing.lock")),
                        () -> Long.MAX_VALUE);
                futures.add(threads.submit(racer(disk, folder, "content of " + i, start)));
            }
            for (Future<Object> future : futures) {
                ends.add(future.get());
            }
        }
        return ends;
    }

    private static Callable<Object> racer(Disk disk, Path folder, String content, CyclicBarrier start) {
        return () -> {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            Inbox inbox = new DirectoryInbox(disk, folder, Optional.empty());
            StagedFile staged = inbox.admit(file("same.txt", bytes.length)).staged();
            staged.write(TestDisk.direct(bytes), 0);
            start.await();
            try {
                return staged.complete(bytes.length);
            } catch (TransferException e) {
                return e.code();
            } finally {
                inbox.close();
            }
        };
    }
}
