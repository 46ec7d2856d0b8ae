package ferry.event;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferReportTest {
    private final List<TransferEvent> heard = new ArrayList<>();
    private final TransferReport report = new TransferReport(
            "00112233445566778899aabbccddeeff", "192.0.2.7:51000", Protocol.FERRY, Direction.OUTGOING, heard::add);

    @Test
    void tellsAndCountsWhatBecameOfEachEntry() throws Exception {
        Entry.File good = file("good", 5);
        Entry.File bad = file("bad", 7);
        report.started(Optional.empty());
        report.progress().found(good);
        report.progress().found(bad);
        report.completed(
                good, good.path(), FileContent.of(5, 1), Outcome.PLACED, Durability.DURABLE, Verification.VERIFIED);
        report.failed(bad, ErrorCode.NO_SPACE, "no space left");

        assertThat(report.finished(Bottleneck.NONE)).isEqualTo(ExitStatus.PARTIAL);
        assertThat(heard)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Started", "Completed", "Failed", "Finished");
        assertThat(report.progress().totals()).isEqualTo(new Totals(1, 1, 5, 0, 0, 1));
    }

    @ParameterizedTest
    @CsvSource({"WRITTEN, does not sync", "STREAMED, passes the file on"})
    void warnsASenderOnceThatTheReceiverPromisesLess(Durability durability, String why) throws Exception {
        for (Entry.File file : List.of(file("one", 5), file("two", 5))) {
            report.completed(
                    file, file.path(), FileContent.of(5, 1), Outcome.PLACED, durability, Verification.VERIFIED);
        }

        assertThat(heard)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Warning", "Completed", "Completed");
        assertThat(((TransferEvent.Warning) heard.getFirst()).text()).contains(why);
    }

    @Test
    void warnsASenderOfADirectoryThatIsNotSynced() throws Exception {
        RelativePath path = RelativePath.parse("d");
        report.completed(EntryKind.DIRECTORY, path, path, Outcome.PLACED, Durability.WRITTEN);

        assertThat(heard).extracting(event -> event.getClass().getSimpleName()).containsExactly("Warning", "Completed");
    }

    @Test
    void endsWithTheStatusOfWhatStoppedTheTransfer() {
        report.started(Optional.empty());

        ExitStatus status = report.stopped(new TransferException(ErrorCode.TIMEOUT, "peer", "silent"), Bottleneck.NONE);

        assertThat(status).isEqualTo(ExitStatus.NETWORK);
        assertThat(heard.getLast())
                .isInstanceOfSatisfying(
                        TransferEvent.Finished.class,
                        finished -> assertThat(finished.status()).isEqualTo(ExitStatus.NETWORK));
    }

    private static Entry.File file(String name, long size) throws TransferException {
        return new Entry.File(RelativePath.parse(name), OptionalLong.of(size), Attributes.NONE);
    }
}
