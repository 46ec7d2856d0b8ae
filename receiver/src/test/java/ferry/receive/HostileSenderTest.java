package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ferry.entry.Attributes;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Tls;
import ferry.net.TlsProvider;
import ferry.net.TlsTrust;
import ferry.trust.CodeKey;
import ferry.trust.Identity;
import ferry.trust.Secret;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attacks on a whole receiver, over each kind of connection, before and after the sender is let in. While each goes on an honest sender
 * is served, and outside of the folder nothing changes.
 */
@Timeout(120)
class HostileSenderTest {
    private static final CodeKey CODE = CodeKey.derive(Secret.generate());
    private static final CodeKey GUESS = CodeKey.derive(Secret.generate());
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static Identity receiver;
    private static Identity somebody;

    @TempDir
    private Path dir;

    private Map<String, String> outside = Map.of();

    @BeforeAll
    static void makeKeys() throws Exception {
        receiver = Identity.of(Optional.empty());
        somebody = Identity.of(Optional.empty());
    }

    /** How a sender comes to be let in. */
    enum Way {
        PLAIN {
            @Override
            EncryptedSender enter(int port) throws Exception {
                EncryptedSender sender = EncryptedSender.inPlain(port).hello(Features.NONE);
                sender.hear(Frame.Welcome.class);
                return sender;
            }
        },
        ENCRYPTED {
            @Override
            EncryptedSender enter(int port) throws Exception {
                EncryptedSender sender = EncryptedSender.to(port, somebody).hello(Features.NONE);
                sender.hear(Frame.Welcome.class);
                return sender;
            }
        },
        WITH_A_CODE {
            @Override
            EncryptedSender enter(int port) throws Exception {
                return EncryptedSender.to(port, somebody).prove(CODE).hearProofAndWelcome(CODE);
            }
        };

        abstract EncryptedSender enter(int port) throws Exception;

        PreparedAccess access(TransferListener listener) throws TransferException {
            return switch (this) {
                case PLAIN, ENCRYPTED -> prepared(listener, Transports.ALL, Optional.empty());
                case WITH_A_CODE ->
                    prepared(
                            listener,
                            Transports.ENCRYPTED,
                            Optional.of(new PreparedAccess.Code(SharedCode.Use.STANDING, Optional.empty(), LIFETIME)));
            };
        }
    }

    private static PreparedAccess prepared(
            TransferListener listener, Transports transports, Optional<PreparedAccess.Code> code)
            throws TransferException {
        PacedNotices notices = new PacedNotices(listener, System::nanoTime);
        Tls tls = Tls.of(TlsProvider.JDK, receiver, new TlsTrust.AnyKey());
        Access access = new Access(
                transports,
                Optional.of(tls),
                Optional.empty(),
                code.map(use -> new SharedCode(CODE, use.use(), new WrongCodes(WrongCodes.Clock.SYSTEM), notices)),
                notices);
        return new PreparedAccess(
                access, transports, Optional.of(receiver.fingerprint()), code, Optional.empty(), Optional.empty());
    }

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
                try {
                    for (int i = 0; i <= ReceiveSession.CREDIT; i++) {
                        sender.say(offer(i, EntryKind.FILE, "hostile" + i, ""));
                    }
                } catch (IOException e) {
                    // It has been sent away while it was still offering.
                    return;
                }
                sender.hearAbort(ErrorCode.CREDIT_EXCEEDED);
            }),
            new Attack("offers whose names fill its credit", sender -> {
                String name = String.join("/", Collections.nCopies(200, "hostile-directory"));
                try {
                    for (int i = 0; i <= ReceiveSession.CREDIT_BYTES / name.length(); i++) {
                        sender.say(offer(i, EntryKind.FILE, name + i, ""));
                    }
                } catch (IOException e) {
                    return;
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
        Files.createDirectories(dir.resolve("secret"));
        Files.writeString(dir.resolve("secret/key"), "nobody may read or change this");
        Files.createDirectories(out());
        Files.createSymbolicLink(out().resolve("door"), Path.of("../secret"));
        outside = TestDisk.tree(dir.resolve("secret"));
    }

    @AfterEach
    void nothingHasChangedOutside() throws Exception {
        assertThat(TestDisk.tree(dir.resolve("secret"))).isEqualTo(outside);
        try (Stream<Path> beside = Files.list(dir)) {
            assertThat(beside.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("secret", "out");
        }
    }

    private Path out() {
        return dir.resolve("out");
    }

    private void serveHonestly(Way way, RunningReceiver running) throws Exception {
        try (EncryptedSender honest = way.enter(running.port())) {
            assertThat(honest.file(0, "honest", "content").finish(1)).isEqualTo(new Frame.Finished(1, 0, 7));
        }
        assertThat(out().resolve("honest")).hasContent("content");
    }

    private void assertOnlyWhatIsHonestIsThere() throws Exception {
        try (Stream<Path> there = Files.list(out())) {
            assertThat(there.map(path -> path.getFileName().toString()).filter(name -> !name.equals(".ferry")))
                    .containsExactlyInAnyOrder("honest", "door");
        }
    }

    @ParameterizedTest
    @MethodSource("attacksOnEachWay")
    void anAttackHarmsNobody(Way way, Attack attack) throws Exception {
        try (RunningReceiver running = RunningReceiver.start(RunningReceiver.request(out()), way::access)) {
            try (EncryptedSender hostile = way.enter(running.port())) {
                attack.script().play(hostile);
                serveHonestly(way, running);
            }
            assertOnlyWhatIsHonestIsThere();
        }
        assertOnlyWhatIsHonestIsThere();
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

    private static EncryptedSender stranger(int port) throws Exception {
        return EncryptedSender.to(port, somebody);
    }

    static final List<Stranger> STRANGERS = List.of(
            new Stranger("no code", port -> {
                try (EncryptedSender sender = stranger(port).hello(Features.NONE)) {
                    sender.hearAbort(ErrorCode.CODE_NEEDED);
                }
            }),
            new Stranger("a wrong code", port -> {
                try (EncryptedSender sender = stranger(port).prove(GUESS)) {
                    sender.hearAbort(ErrorCode.WRONG_CODE);
                }
            }),
            new Stranger("a proof of nothing", port -> {
                try (EncryptedSender sender = stranger(port).hello(Features.CODE)) {
                    sender.say(new Frame.CodeProof(Token.NONE)).hearAbort(ErrorCode.WRONG_CODE);
                }
            }),
            new Stranger("an offer in place of the proof", port -> {
                try (EncryptedSender sender = stranger(port).hello(Features.CODE)) {
                    sender.say(offer(0, EntryKind.FILE, "hostile", "")).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
                }
            }),
            new Stranger("a whole transfer without waiting", port -> {
                try (EncryptedSender sender = stranger(port).prove(GUESS)) {
                    sender.file(0, "hostile", "content");
                    sender.hearAbort(ErrorCode.WRONG_CODE);
                } catch (IOException e) {
                    // It has been sent away while it was still sending.
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
        try (RunningReceiver running = RunningReceiver.start(RunningReceiver.request(out()), Way.WITH_A_CODE::access)) {
            stranger.intrusion().play(running.port());
            assertThat(running.events().of(TransferEvent.Started.class)).isEmpty();
            serveHonestly(Way.WITH_A_CODE, running);
        }
        assertOnlyWhatIsHonestIsThere();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void thoseWhoSayNothingOrLittleKeepNobodyOut(Way way) throws Exception {
        try (RunningReceiver running = RunningReceiver.start(RunningReceiver.request(out()), way::access)) {
            List<byte[]> beginnings = List.of(
                    new byte[0], new byte[] {0}, new byte[] {0, 'F', 'E'}, new byte[] {0x16}, new byte[] {0x16, 3, 1});
            List<ScriptedSender> silent = new ArrayList<>();
            try {
                for (int i = 0; i < 50; i++) {
                    silent.add(ScriptedSender.to(running.port()).send(beginnings.get(i % beginnings.size())));
                }
                serveHonestly(way, running);
            } finally {
                for (ScriptedSender one : silent) {
                    one.close();
                }
            }
        } catch (IOException e) {
            fail("an honest sender was not served", e);
        }
    }
}
