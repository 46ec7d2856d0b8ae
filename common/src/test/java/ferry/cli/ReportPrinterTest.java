package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.Totals;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ReportPrinterTest {
    private static final Entry.File BIG = Events.file("big.bin", 3_000_000);

    private final TestConsole test = new TestConsole();

    @Test
    void sumsUpATransferOfOneFileByItsName() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.placed(BIG),
                Events.finished(new Totals(1, 1, 3_000_000, 3_000_000, 0, 0)));

        assertThat(test.err())
                .isEqualTo("send: big.bin, 3.0 MB to 10.0.0.2:9000 in 1.5 s (2.0 MB/s), checked and durable\n");
    }

    @Test
    void sumsUpATransferOfManyEntries() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.INCOMING),
                Events.placed(BIG),
                Events.same(Events.file("old", 7)),
                Events.finished(new Totals(4, 3, 5_000_000, 3_000_000, 1, 2), Bottleneck.STORAGE));

        assertThat(test.err())
                .isEqualTo("send: 3 files, 5.0 MB from 10.0.0.2:9000 in 1.5 s (2.0 MB/s, limited by the storage), "
                        + "1 of them there already, 2 failed, checked and durable\n");
    }

    @Test
    void saysWhyAndHowSoonItConnectsAgain() {
        tell(
                Verbosity.NORMAL,
                new TransferEvent.Reconnecting(
                        Events.TRANSFER,
                        ErrorCode.CONNECTION_LOST,
                        "10.0.0.2:9000: connection reset",
                        2,
                        20,
                        Duration.ofMillis(1700)),
                new TransferEvent.Reconnected(Events.TRANSFER, "10.0.0.3:9000"));

        assertThat(test.err()).isEqualTo("""
                        send: 10.0.0.2:9000: connection reset; reconnecting in 1.7 s (2 of 20)
                        send: connected again to 10.0.0.3:9000
                        """);
    }

    @Test
    void saysThatNothingNeededToBeSent() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.same(BIG),
                Events.finished(new Totals(1, 1, 3_000_000, 0, 1, 0)));

        assertThat(test.err())
                .isEqualTo("send: big.bin, 3.0 MB to 10.0.0.2:9000 in 1.5 s, there already, checked and durable\n");
    }

    @Test
    void promisesNoMoreThanTheWeakestEntryHolds() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.placed(BIG, Durability.WRITTEN, Verification.VERIFIED),
                Events.placed(BIG),
                Events.finished(new Totals(2, 2, 1000, 1000, 0, 0)));

        assertThat(test.err()).endsWith(", checked, but not synced to the disk\n");
    }

    @Test
    void callsAClassicFileUnverified() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.CLASSIC, Direction.INCOMING),
                Events.placed(BIG, Durability.DURABLE, Verification.UNVERIFIED),
                Events.finished(new Totals(1, 1, 1000, 1000, 0, 0)));

        assertThat(test.err()).endsWith(", unverified: the classic protocol has no checksum\n");
    }

    @Test
    void saysWhenAFileGotAnotherName() {
        tell(Verbosity.NORMAL, Events.started(Protocol.FERRY, Direction.OUTGOING), Events.placed(BIG, "big (1).bin"));

        assertThat(test.err()).isEqualTo("send: big.bin: placed as big (1).bin\n");
    }

    @Test
    void tellsFailuresAsErrorsAndOfWhomTheyCome() {
        TransferEvent failed = new TransferEvent.Failed(Events.TRANSFER, "a", ErrorCode.NO_SPACE, "no space left");
        tell(Verbosity.QUIET, Events.started(Protocol.FERRY, Direction.OUTGOING), failed);
        tell(Verbosity.QUIET, Events.started(Protocol.FERRY, Direction.INCOMING), failed);

        assertThat(test.err())
                .isEqualTo("send: error: a: no space left\nsend: error: a: no space left (from 10.0.0.2:9000)\n");
    }

    @Test
    void saysNothingButErrorsAndWarningsOfSecurityWhenQuiet() {
        tell(
                Verbosity.QUIET,
                Events.listening("*:9000", OptionalInt.of(9000), "send FILE... host:9000"),
                new TransferEvent.Notice("waiting"),
                new TransferEvent.Warning("left out"),
                TransferEvent.Warning.ofSecurity("not encrypted"),
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.placed(BIG, "other"),
                Events.finished(new Totals(1, 1, 1, 1, 0, 0)),
                new TransferEvent.Stopped(
                        Optional.empty(), ErrorCode.CONNECT_FAILED, "host:9000: refused", List.of("receive")));

        assertThat(test.err())
                .isEqualTo("send: warning: not encrypted\nsend: error: host:9000: refused\nhint: receive\n");
    }

    @Test
    void tellsWhereItListensAndWhatToType() {
        tell(
                Verbosity.NORMAL,
                Events.listening("*:9000", OptionalInt.of(9000), "send FILE... host:9000"),
                new TransferEvent.Notice("waiting"),
                new TransferEvent.Warning("not encrypted", List.of("use a tunnel")));

        assertThat(test.err()).isEqualTo("""
                        send: listening on *:9000
                        hint: send FILE... host:9000
                        send: waiting
                        send: warning: not encrypted
                        hint: use a tunnel
                        """);
    }

    @Test
    void tellsItsKeyAndItsNewCodeOnce() {
        tell(Verbosity.NORMAL, Events.listeningWithCode("*:9000"), Events.listeningWithCode("unix:/s"));

        assertThat(test.err()).isEqualTo("""
                        send: key sha256:00
                        send: code 42-six-words (for one transfer)
                        send: listening on *:9000
                        hint: send --code FILE... host:9000
                        send: listening on unix:/s
                        hint: send --code FILE... host:9000
                        """);
        assertThat(Events.listeningWithCode("*:9000").toString()).doesNotContain("six-words");
    }

    @Test
    void tellsHowATransferIsEncryptedWhenVerbose() {
        tell(Verbosity.VERBOSE, Events.startedEncrypted(Direction.INCOMING));

        assertThat(test.err()).contains("encrypted by TLSv1.3, SUITE, the sender's key is sha256:00");
    }

    @Test
    void showsEntriesAndFramesWhenVerbose() {
        tell(
                Verbosity.VERBOSE,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                new TransferEvent.Frame(Optional.of(Events.TRANSFER), Direction.OUTGOING, "HELLO"),
                new TransferEvent.Frame(Optional.of(Events.TRANSFER), Direction.INCOMING, "WELCOME"),
                Events.placed(BIG, "x"),
                Events.same(BIG),
                Events.placed(Events.directory("d"), Durability.DURABLE, Verification.VERIFIED));

        assertThat(test.err().lines())
                .containsExactly(
                        "send: transfer 0123456789abcdef0123456789abcdef to 10.0.0.2:9000, ferry protocol",
                        "send: > HELLO",
                        "send: < WELCOME",
                        "send: big.bin: placed as x, 3.0 MB, crc32c 0a0b0c0d",
                        "send: big.bin: there already, 3.0 MB, crc32c 0a0b0c0d",
                        "send: d: placed");
    }

    @Test
    void hasNoSummaryOfNothing() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.finished(new Totals(0, 0, 0, 0, 0, 0)));

        assertThat(test.err()).isEmpty();
    }

    @Test
    void sumsUpFailuresAlone() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.finished(new Totals(0, 0, 0, 0, 0, 1)));

        assertThat(test.err()).isEqualTo("send: nothing sent to 10.0.0.2:9000 in 1.5 s, 1 failed\n");
    }

    @Test
    void sumsUpDirectoriesAlone() {
        tell(
                Verbosity.NORMAL,
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                Events.finished(new Totals(2, 0, 0, 0, 0, 0)));

        assertThat(test.err()).isEqualTo("send: 2 entries to 10.0.0.2:9000 in 1.5 s, checked and durable\n");
    }

    private void tell(Verbosity verbosity, TransferEvent... events) {
        ReportPrinter printer = new ReportPrinter(test.console(), verbosity);
        List.of(events).forEach(printer::on);
    }
}
