package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferEvent.Warning.Weight;
import ferry.net.Endpoint;
import ferry.send.KeyCheck.FirstUse;
import ferry.trust.ConfigFolder;
import ferry.trust.KeyFingerprint;
import ferry.trust.KnownReceivers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCheckTest {
    private static final KeyFingerprint KEY = key('a');
    private static final KeyFingerprint OTHER = key('b');
    private static final Endpoint TARGET = new Endpoint.Tcp("Host.Example", 7363);
    private static final String NAME = "host.example:7363";

    @TempDir
    private Path dir;

    private final Events events = new Events();
    private ConfigFolder folder;
    private Path file;

    @BeforeEach
    void locate() {
        folder = ConfigFolder.locate(Map.of("XDG_CONFIG_HOME", dir.toString())).orElseThrow();
        file = KnownReceivers.in(folder).file();
    }

    private static KeyFingerprint key(char digit) {
        return KeyFingerprint.parse("sha256:" + String.valueOf(digit).repeat(64))
                .orElseThrow();
    }

    private KeyCheck check(FirstUse firstUse, KeyFingerprint... pins) {
        return new KeyCheck(TARGET, Set.of(pins), firstUse, Optional.of(KnownReceivers.in(folder)), events);
    }

    private void write(String... lines) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private KnownReceivers.Answer recorded(KeyFingerprint key) throws TransferException {
        return KnownReceivers.in(folder).check(NAME, key);
    }

    private static TransferException assertFails(ErrorCode code, ThrowingCallable step) {
        TransferException[] thrown = new TransferException[1];
        assertThatThrownBy(step).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            thrown[0] = e;
        });
        return thrown[0];
    }

    @Test
    void recordsTheKeyOfAReceiverThatItMeetsForTheFirstTime() throws Exception {
        check(FirstUse.RECORD).check(KeyedConnection.far(KEY));
        assertThat(recorded(KEY)).isEqualTo(new KnownReceivers.Answer.Known());
        TransferEvent.Warning warning = events.only(TransferEvent.Warning.class);
        assertThat(warning.weight()).isEqualTo(Weight.SECURITY);
        assertThat(warning.text()).isEqualTo(NAME + ": met for the first time; from now on its key must be " + KEY);
    }

    @Test
    void saysNothingOfAReceiverThatItKnows() throws Exception {
        write(NAME + " " + OTHER, NAME + " " + KEY);
        check(FirstUse.RECORD).check(KeyedConnection.far(KEY));
        assertThat(events.all()).isEmpty();
    }

    @Test
    void stopsAtAKeyThatIsNotTheRecordedOne() throws Exception {
        write("# mine", NAME + " " + OTHER);
        for (FirstUse firstUse : Set.of(FirstUse.RECORD, FirstUse.RECORD_WHEN_PROVED)) {
            TransferException failure =
                    assertFails(ErrorCode.KEY_CHANGED, () -> check(firstUse).check(KeyedConnection.far(KEY)));
            assertThat(failure)
                    .hasMessage("%s: its key is %s, recorded is %s (%s, line 2); nothing was sent"
                            .formatted(NAME, KEY, OTHER, file));
            assertThat(failure.hints()).contains("send --pin %s FILE... %s".formatted(KEY, NAME));
        }
        assertFails(ErrorCode.KEY_CHANGED, () -> check(FirstUse.RECORD).check(KeyedConnection.near(KEY)));
    }

    @Test
    void stopsAtAKeyThatIsRevokedThoughItIsPinned() throws Exception {
        write("@revoked " + KEY, NAME + " " + KEY);
        assertFails(ErrorCode.ACCESS_DENIED, () -> check(FirstUse.RECORD).check(KeyedConnection.far(KEY)));
        assertFails(ErrorCode.ACCESS_DENIED, () -> check(FirstUse.RECORD, KEY).check(KeyedConnection.far(KEY)));
    }

    @Test
    void stopsAtAKeyThatIsRevokedThoughAnAuthorityVouchesForIt() throws Exception {
        write("@revoked " + KEY, NAME + " " + OTHER);
        assertFails(ErrorCode.ACCESS_DENIED, () -> check(FirstUse.AUTHORITY).check(KeyedConnection.far(KEY)));
        assertFails(
                ErrorCode.ACCESS_DENIED, () -> check(FirstUse.AUTHORITY, KEY).check(KeyedConnection.far(KEY)));
        check(FirstUse.AUTHORITY).check(KeyedConnection.far(key('c')));
        assertThat(recorded(OTHER)).isEqualTo(new KnownReceivers.Answer.Known());
        assertThat(events.all()).isEmpty();
    }

    @Test
    void keepsToTheKeyThatAnotherRunHasRecordedMeanwhile() throws Exception {
        KeyCheck check = check(FirstUse.RECORD_WHEN_PROVED);
        check.check(KeyedConnection.far(KEY));
        check(FirstUse.RECORD).check(KeyedConnection.far(OTHER));
        assertFails(ErrorCode.KEY_CHANGED, check::proved);
        assertThat(recorded(OTHER)).isEqualTo(new KnownReceivers.Answer.Known());
    }

    @Test
    void quotesATargetThatAShellWouldTakeApart() throws Exception {
        Endpoint target = new Endpoint.Unix(Path.of("/run/my ferry"));
        KeyCheck check = new KeyCheck(target, Set.of(OTHER), FirstUse.RECORD, Optional.empty(), events);
        assertThat(assertFails(ErrorCode.KEY_CHANGED, () -> check.check(KeyedConnection.near(KEY)))
                        .hints())
                .contains("send --pin %s FILE... 'unix:/run/my ferry'".formatted(KEY));
    }

    @Test
    void letsAPinDecideAloneAndRecordsIt() throws Exception {
        assertFails(ErrorCode.KEY_CHANGED, () -> check(FirstUse.RECORD, OTHER).check(KeyedConnection.far(KEY)));
        assertThat(file).doesNotExist();
        write(NAME + " " + OTHER);
        check(FirstUse.RECORD, OTHER, KEY).check(KeyedConnection.far(KEY));
        assertThat(recorded(KEY)).isEqualTo(new KnownReceivers.Answer.Known());
        assertThat(recorded(OTHER)).isInstanceOf(KnownReceivers.Answer.Changed.class);
        assertThat(events.only(TransferEvent.Notice.class).text()).contains("in place of " + OTHER);
    }

    @Test
    void recordsAReceiverOnThisMachineOnlyIfItIsPinned() throws Exception {
        check(FirstUse.RECORD).check(KeyedConnection.near(KEY));
        assertThat(file).doesNotExist();
        assertThat(events.all()).isEmpty();
        check(FirstUse.RECORD, KEY).check(KeyedConnection.near(KEY));
        assertThat(recorded(KEY)).isEqualTo(new KnownReceivers.Answer.Known());
    }

    @Test
    void recordsAReceiverWithACodeOnceItHasProvedIt() throws Exception {
        KeyCheck check = check(FirstUse.RECORD_WHEN_PROVED);
        check.check(KeyedConnection.far(KEY));
        assertThat(file).doesNotExist();
        assertThat(events.all()).isEmpty();
        check.proved();
        check.proved();
        assertThat(recorded(KEY)).isEqualTo(new KnownReceivers.Answer.Known());
        assertThat(events.of(TransferEvent.Warning.class)).isEmpty();
        assertThat(events.only(TransferEvent.Notice.class).text()).contains("it has proved the code", KEY.toString());
    }

    @Test
    void leavesTheDecisionToAnAuthority() throws Exception {
        KeyCheck check = new KeyCheck(TARGET, Set.of(), FirstUse.AUTHORITY, Optional.empty(), events);
        check.check(KeyedConnection.far(KEY));
        assertThat(events.all()).isEmpty();
        KeyCheck pinned = new KeyCheck(TARGET, Set.of(OTHER), FirstUse.AUTHORITY, Optional.empty(), events);
        assertFails(ErrorCode.KEY_CHANGED, () -> pinned.check(KeyedConnection.far(KEY)));
    }

    @Test
    void takesNoOtherKeyWithinOneRun() throws Exception {
        KeyCheck check = check(FirstUse.RECORD);
        check.check(KeyedConnection.near(KEY));
        check.check(KeyedConnection.near(KEY));
        assertFails(ErrorCode.KEY_CHANGED, () -> check.check(KeyedConnection.near(OTHER)));
    }

    @Test
    void warnsEachTimeIfNothingCanBeRemembered() throws Exception {
        KeyCheck check = new KeyCheck(TARGET, Set.of(), FirstUse.RECORD, Optional.empty(), events);
        check.check(KeyedConnection.far(KEY));
        assertThat(events.only(TransferEvent.Warning.class).text()).contains(NAME, KEY.toString());
    }

    @Test
    void stopsIfTheRecordCannotBeReadAndGoesOnIfItCannotBeWritten() throws Exception {
        write("nonsense");
        assertFails(ErrorCode.TRUST_FILE, () -> check(FirstUse.RECORD).check(KeyedConnection.far(KEY)));
        check(FirstUse.RECORD, KEY).check(KeyedConnection.far(KEY));
        assertThat(events.only(TransferEvent.Warning.class).text()).contains("not recorded");
        Path noFolder = Files.createFile(dir.resolve("file"));
        KnownReceivers unwritable =
                KnownReceivers.in(ConfigFolder.locate(Map.of("XDG_CONFIG_HOME", noFolder.toString()))
                        .orElseThrow());
        Events heard = new Events();
        new KeyCheck(TARGET, Set.of(KEY), FirstUse.RECORD, Optional.of(unwritable), heard)
                .check(KeyedConnection.far(KEY));
        assertThat(heard.only(TransferEvent.Warning.class).text()).contains("not recorded");
    }

    @Test
    void knowsAReceiverByWhatWasTyped() {
        assertThat(KeyCheck.nameOf(new Endpoint.Tcp("FE80::1%Eth0", 1))).isEqualTo("[fe80::1%eth0]:1");
        assertThat(KeyCheck.nameOf(new Endpoint.Unix(Path.of("/Run/./x.sock")))).isEqualTo("unix:/Run/x.sock");
        assertThat(KeyCheck.nameOf(new Endpoint.Unix(Path.of("x.sock"))))
                .isEqualTo("unix:" + Path.of("x.sock").toAbsolutePath());
    }
}
