package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Those who come to a whole receiver and are not let in: they begin no transfer, and keep nobody else out. */
@Timeout(120)
class StrangersTest {
    @TempDir
    private Path dir;

    private GuardedFolder folder;

    @BeforeEach
    void prepareWhatMustNotChange() throws Exception {
        folder = GuardedFolder.in(dir);
    }

    @AfterEach
    void nothingHasChangedOutside() throws Exception {
        folder.assertNothingHasChangedOutside();
    }

    /** What somebody does who does not know the code. */
    interface Intrusion {
        void play(int port) throws Exception;
    }

    record Stranger(String what, Intrusion intrusion) {
        @Override
        public String toString() {
            return what;
        }
    }

    static final List<Stranger> STRANGERS = List.of(
            new Stranger("no code", port -> {
                try (EncryptedSender sender = Way.stranger(port).hello(Features.NONE)) {
                    sender.hearAbort(ErrorCode.CODE_NEEDED);
                }
            }),
            new Stranger("a wrong code", port -> {
                try (EncryptedSender sender = Way.stranger(port).prove(TestAccess.OTHER_CODE)) {
                    sender.hearAbort(ErrorCode.WRONG_CODE);
                }
            }),
            new Stranger("a proof of nothing", port -> {
                try (EncryptedSender sender = Way.stranger(port).hello(Features.CODE)) {
                    sender.say(new Frame.CodeProof(Token.NONE)).hearAbort(ErrorCode.WRONG_CODE);
                }
            }),
            new Stranger("an offer in place of the proof", port -> {
                try (EncryptedSender sender = Way.stranger(port).hello(Features.CODE)) {
                    sender.say(Frame.Offer.of(0, TestDisk.file("hostile", 100_000)))
                            .hearAbort(ErrorCode.PROTOCOL_VIOLATION);
                }
            }),
            new Stranger("a whole transfer without waiting", port -> {
                try (EncryptedSender sender = Way.stranger(port).prove(TestAccess.OTHER_CODE)) {
                    sender.file(0, "hostile", "content");
                    sender.hearAbort(ErrorCode.WRONG_CODE);
                }
            }),
            new Stranger("plain", port -> {
                try (EncryptedSender sender = EncryptedSender.inPlain(port).hello(Features.NONE)) {
                    sender.hearAbort(ErrorCode.NOT_ENCRYPTED);
                }
            }),
            new Stranger("the classic protocol", port -> {
                try (ScriptedSender sender = ScriptedSender.to(port)) {
                    assertThat(sender.send("hostile\ncontent").end().readAll()).startsWith("error: ");
                }
            }),
            new Stranger("half a TLS record", port -> {
                try (ScriptedSender sender = ScriptedSender.to(port)) {
                    sender.send(new byte[] {0x16, 3, 1, 2, 0, 1}).reset();
                }
            }),
            new Stranger("TLS that is none", port -> {
                try (ScriptedSender sender = ScriptedSender.to(port)) {
                    sender.send(new byte[] {0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5})
                            .end()
                            .expectEnd();
                }
            }));

    @ParameterizedTest
    @FieldSource("STRANGERS")
    void aStrangerIsNotLetIn(Stranger stranger) throws Exception {
        try (RunningReceiver running = folder.receiver(Way.WITH_A_CODE)) {
            stranger.intrusion().play(running.port());
            assertThat(running.events().of(TransferEvent.Started.class)).isEmpty();
            folder.serveHonestly(Way.WITH_A_CODE, running);
        }
        folder.assertOnlyWhatIsHonestIsThere();
    }

    @ParameterizedTest
    @EnumSource
    void thoseWhoSayNothingOrLittleKeepNobodyOut(Way way) throws Exception {
        List<byte[]> beginnings = List.of(
                new byte[0], new byte[] {0}, new byte[] {0, 'F', 'E'}, new byte[] {0x16}, new byte[] {0x16, 3, 1});
        List<ScriptedSender> silent = new ArrayList<>();
        try (RunningReceiver running = folder.receiver(way)) {
            for (int i = 0; i < 50; i++) {
                silent.add(ScriptedSender.to(running.port()).send(beginnings.get(i % beginnings.size())));
            }
            folder.serveHonestly(way, running);
            for (ScriptedSender one : silent) {
                one.close();
            }
        }
    }
}
