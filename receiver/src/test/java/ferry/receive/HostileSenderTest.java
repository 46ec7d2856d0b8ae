package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.wire.Frame;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attacks on a whole receiver by senders that were let in, over each kind of connection. While each goes on an honest sender is
 * served, and outside of the folder nothing changes.
 */
@Timeout(120)
class HostileSenderTest {
    @TempDir
    private Path dir;

    private GuardedFolder folder;

    /** What a sender does that was let in. */
    interface Script {
        void play(EncryptedSender sender) throws Exception;
    }

    record Attack(String what, Script script) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static final List<String> NAMES_THAT_LEAD_OUT = List.of(
            "../out2/x", "..", ".", "", "/etc/x", "a/../../x", "a//b", "a/", ".ferry/x", ".FERRY/x", "a\0b", "door/x");

    private static Frame.Offer offer(long number, EntryKind kind, String path, String target) {
        OptionalLong size = kind == EntryKind.FILE ? OptionalLong.of(100_000) : OptionalLong.empty();
        return new Frame.Offer(number, kind, size, Attributes.NONE, path, target);
    }

    private static void hearRefusal(EncryptedSender sender, String what) throws Exception {
        assertThat(sender.hear(Frame.Refuse.class).reason().code())
                .as(what)
                .isIn(ErrorCode.NAME_REFUSED, ErrorCode.LINK_REFUSED, ErrorCode.KIND_CONFLICT);
    }

    private static Attack namesThatLeadOut(EntryKind kind) {
        return new Attack("a %s under a name that leads out".formatted(kind), sender -> {
            long number = 0;
            for (String name : NAMES_THAT_LEAD_OUT) {
                sender.say(offer(number++, kind, name, kind == EntryKind.LINK ? "x" : ""));
                hearRefusal(sender, name);
            }
        });
    }

    private static void accepted(EncryptedSender sender) throws Exception {
        sender.say(offer(0, EntryKind.FILE, "hostile", "")).hear(Frame.Accept.class);
    }

    static final List<Attack> ATTACKS = List.of(
            namesThatLeadOut(EntryKind.FILE),
            namesThatLeadOut(EntryKind.DIRECTORY),
            namesThatLeadOut(EntryKind.LINK),
            new Attack("links that lead out", sender -> {
                long number = 0;
                for (String target : List.of("../secret", "/etc/passwd", "a/../../x", "..", "../.ferry", "")) {
                    sender.say(offer(number++, EntryKind.LINK, "link" + number, target));
                    hearRefusal(sender, target);
                }
            }),
            new Attack("data beyond the size", sender -> {
                accepted(sender);
                sender.data(0, 99_999, 5).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            }),
            new Attack("data that overlaps", sender -> {
                accepted(sender);
                sender.data(0, 0, 1000).data(0, 500, 1000).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            }),
            new Attack("offers beyond the credit", sender -> {
                for (int i = 0; i <= ReceiveSession.CREDIT; i++) {
                    sender.say(offer(i, EntryKind.FILE, "hostile" + i, ""));
                }
                sender.hearAbort(ErrorCode.CREDIT_EXCEEDED);
            }),
            new Attack("offers whose names fill its credit", sender -> {
                String name = String.join("/", Collections.nCopies(200, "hostile-directory"));
                for (int i = 0; i <= ReceiveSession.CREDIT_BYTES / name.length(); i++) {
                    sender.say(offer(i, EntryKind.FILE, name + i, ""));
                }
                sender.hearAbort(ErrorCode.CREDIT_EXCEEDED);
            }),
            new Attack(
                    "a lie about a length",
                    sender -> sender.bytes(0x10, 0, 0xff, 0xff, 0, 0, 0, 0).hearAbort(ErrorCode.OVERSIZED)),
            new Attack(
                    "an unknown frame",
                    sender ->
                            sender.bytes(0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).hearAbort(ErrorCode.CORRUPT_FRAME)),
            new Attack("half a frame, and silence", sender -> sender.bytes(0x15, 0, 0)),
            new Attack("a file that never comes", HostileSenderTest::accepted),
            new Attack("a reset in the middle of a file", sender -> {
                accepted(sender);
                sender.data(0, 0, 1000).reset();
            }));

    static Stream<Arguments> attacksOnEachWay() {
        return ATTACKS.stream().flatMap(attack -> Stream.of(Way.values()).map(way -> Arguments.of(way, attack)));
    }

    @BeforeEach
    void prepareWhatMustNotChange() throws Exception {
        folder = GuardedFolder.in(dir);
    }

    @AfterEach
    void nothingHasChangedOutside() throws Exception {
        folder.assertNothingHasChangedOutside();
    }

    @ParameterizedTest
    @MethodSource("attacksOnEachWay")
    void anAttackHarmsNobody(Way way, Attack attack) throws Exception {
        try (RunningReceiver running = folder.receiver(way)) {
            try (EncryptedSender hostile = way.enter(running.port())) {
                attack.script().play(hostile);
                folder.serveHonestly(way, running);
            }
            folder.assertOnlyWhatIsHonestIsThere();
        }
        folder.assertOnlyWhatIsHonestIsThere();
    }
}
