package ferry.event;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import ferry.event.TransferProgress.Sample;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TransferProgressTest {
    private static final Attributes PLAIN = new Attributes(Optional.empty(), OptionalInt.empty());

    private final TransferProgress progress = new TransferProgress();

    @Test
    void countsFilesAndTheirBytesButNotDirectories() throws TransferException {
        progress.found(file("a", 100));
        progress.found(directory("d"));

        assertThat(progress.sample()).isEqualTo(new Sample(1, 0, 100, 0, 0, false));
    }

    @Test
    void knowsTheTotalOnceAllIsFound() throws TransferException {
        progress.found(file("a", 100));
        assertThat(progress.sample().isTotalKnown()).isFalse();

        progress.allFound();
        assertThat(progress.sample().isTotalKnown()).isTrue();
    }

    @Test
    void doesNotKnowTheTotalWhileAFileWithoutSizeIsUnderWay() throws TransferException {
        Entry.File pipe = pipe("stdin");
        progress.found(pipe);
        progress.allFound();
        progress.moved(70);
        assertThat(progress.sample()).isEqualTo(new Sample(1, 0, 0, 70, 0, false));
        assertThat(progress.sample().done()).isEqualTo(70);

        progress.completed(pipe, 70, Outcome.PLACED);
        assertThat(progress.sample()).isEqualTo(new Sample(1, 1, 70, 70, 0, true));
    }

    @Test
    void knowsTheTotalAgainAfterAFileWithoutSizeFailed() throws TransferException {
        Entry.File pipe = pipe("stdin");
        progress.found(pipe);
        progress.allFound();
        progress.failed(pipe);

        assertThat(progress.sample().isTotalKnown()).isTrue();
    }

    @Test
    void bytesThatWentTwiceDoNotMakeMoreThanAll() throws TransferException {
        progress.found(file("a", 100));
        progress.allFound();
        progress.moved(150);

        assertThat(progress.sample().done()).isEqualTo(100);
        assertThat(progress.totals().moved()).isEqualTo(150);
    }

    @Test
    void forgetsWhatABrokenConnectionHasMovedForNothing() throws TransferException {
        Entry.File placed = file("placed", 100);
        progress.found(placed);
        progress.found(file("broken", 500));
        progress.allFound();
        progress.moved(400);
        progress.spared(30);
        progress.completed(placed, 100, Outcome.PLACED);

        assertThat(progress.brokeOff()).isEqualTo(330);
        assertThat(progress.sample().done()).isEqualTo(100);
        assertThat(progress.answered()).isOne();

        progress.spared(300);
        progress.moved(50);
        assertThat(progress.sample().done()).isEqualTo(450);
        assertThat(progress.brokeOff()).isEqualTo(350);
        assertThat(progress.totals().moved()).isEqualTo(450);
    }

    @Test
    void addsUpFinalAnswers() throws TransferException {
        Entry.File placed = file("placed", 100);
        Entry.File same = file("same", 40);
        Entry failed = file("failed", 7);
        Entry directory = directory("d");
        List.of(placed, same, failed, directory).forEach(progress::found);
        progress.moved(100);
        progress.spared(40);
        progress.completed(placed, 100, Outcome.PLACED);
        progress.completed(same, 40, Outcome.SAME);
        progress.completedWithoutContent(Outcome.PLACED);
        progress.failed(failed);
        progress.failedBeforeOffer();

        assertThat(progress.totals()).isEqualTo(new Totals(3, 2, 140, 100, 1, 2));
        assertThat(progress.sample()).isEqualTo(new Sample(3, 3, 147, 100, 40, false));
    }

    @Test
    void aClosedSampleWaitsForNothing() throws TransferException {
        progress.found(file("lost", 100));
        progress.moved(30);

        Sample closed = progress.sample().closed();

        assertThat(closed.done()).isEqualTo(30);
        assertThat(closed.bytes()).isEqualTo(30);
        assertThat(closed.files()).isZero();
        assertThat(closed.isTotalKnown()).isTrue();
    }

    @Test
    void samplesOfSeveralTransfersAddUp() {
        Sample known = new Sample(1, 1, 10, 10, 0, true);
        Sample unknown = new Sample(2, 1, 20, 5, 3, false);

        assertThat(known.plus(unknown)).isEqualTo(new Sample(3, 2, 30, 15, 3, false));
        assertThat(Sample.NOTHING.plus(known)).isEqualTo(known);
    }

    @Test
    void losesNoCountOfSeveralThreads() {
        int threads = 4;
        int rounds = 10_000;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                pool.execute(() -> {
                    for (int round = 0; round < rounds; round++) {
                        progress.moved(3);
                    }
                });
            }
        }
        assertThat(progress.totals().moved()).isEqualTo(3L * threads * rounds);
    }

    private static Entry.File file(String name, long size) throws TransferException {
        return new Entry.File(RelativePath.parse(name), OptionalLong.of(size), PLAIN);
    }

    private static Entry.File pipe(String name) throws TransferException {
        return new Entry.File(RelativePath.parse(name), OptionalLong.empty(), PLAIN);
    }

    private static Entry directory(String name) throws TransferException {
        return new Entry.Directory(RelativePath.parse(name), PLAIN);
    }
}
