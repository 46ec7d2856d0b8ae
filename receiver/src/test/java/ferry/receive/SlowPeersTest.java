package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ferry.entry.Entry;
import ferry.error.TransferException;
import ferry.event.TransferListener;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.net.Tls;
import ferry.net.TlsProvider;
import ferry.net.TlsTrust;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.trust.CodeKey;
import ferry.trust.Identity;
import ferry.trust.Secret;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fifty peers that say a byte a second, and come again whenever they are sent away, at a receiver with eight places: whatever the
 * state in which they do it, an honest sender from the same address is served within seconds.
 */
@Timeout(90)
class SlowPeersTest {
    private static final int PEERS = 50;
    private static final int PLACES = 8;
    private static final Duration WITHIN = Duration.ofSeconds(45);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final CodeKey CODE = CodeKey.derive(Secret.generate());

    private static Identity receiver;
    private static Identity somebody;

    @TempDir
    private Path out;

    @BeforeAll
    static void makeKeys() throws Exception {
        receiver = Identity.of(Optional.empty());
        somebody = Identity.of(Optional.empty());
    }

    /** How far a peer goes at the speed of others; from there on it says these bytes one by one, over and over. */
    enum State {
        BEFORE_THE_FIRST_BYTE {
            @Override
            void drip(int port) throws Exception {
                try (ScriptedSender peer = ScriptedSender.to(port)) {
                    peer.expectEnd();
                }
            }
        },
        IN_THE_PREFACE {
            @Override
            void drip(int port) throws Exception {
                dripRaw(port, 0, 'F', 'E', 'R', 'R', 'Y', 0x0d, 0x0a, 1);
            }
        },
        IN_THE_TLS_HANDSHAKE {
            @Override
            void drip(int port) throws Exception {
                dripRaw(port, 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);
            }
        },
        IN_HELLO {
            @Override
            void drip(int port) throws Exception {
                try (EncryptedSender peer = EncryptedSender.to(port, somebody)) {
                    peer.preface();
                    dripFrom(peer);
                }
            }
        },
        IN_THE_PROOF_OF_A_CODE {
            @Override
            void drip(int port) throws Exception {
                try (EncryptedSender peer = EncryptedSender.to(port, somebody).hello(Features.CODE)) {
                    dripFrom(peer);
                }
            }
        },
        IN_A_FRAME {
            @Override
            void drip(int port) throws Exception {
                try (EncryptedSender peer = EncryptedSender.inPlain(port).hello(Features.NONE)) {
                    peer.hear(Frame.Welcome.class);
                    dripFrom(peer);
                }
            }
        },
        IN_CONTENT_OVER_TLS {
            @Override
            void drip(int port) throws Exception {
                try (EncryptedSender peer = EncryptedSender.to(port, somebody).hello(Features.NONE)) {
                    peer.hear(Frame.Welcome.class);
                    Entry.File file = TestDisk.file("slow", 1 << 20);
                    peer.say(Frame.Offer.of(0, file)).hear(Frame.Accept.class);
                    for (int at = 0; true; at++) {
                        peer.data(0, at, 1);
                        pause();
                    }
                }
            }
        },
        ONLY_ALIVE {
            @Override
            void drip(int port) throws Exception {
                try (EncryptedSender peer = EncryptedSender.inPlain(port).hello(Features.NONE)) {
                    peer.hear(Frame.Welcome.class);
                    while (true) {
                        peer.say(new Frame.KeepAlive());
                        pause();
                    }
                }
            }
        },
        IN_A_CLASSIC_FILE {
            @Override
            void drip(int port) throws Exception {
                try (ScriptedSender peer = ScriptedSender.to(port)) {
                    peer.send("slow\n");
                    while (true) {
                        peer.send("x");
                        pause();
                    }
                }
            }
        };

        /** Until it is sent away. */
        abstract void drip(int port) throws Exception;

        private static void pause() throws InterruptedException {
            TimeUnit.SECONDS.sleep(1);
        }

        boolean needsCode() {
            return this == IN_THE_PROOF_OF_A_CODE;
        }

        private static void dripRaw(int port, int... bytes) throws Exception {
            try (ScriptedSender peer = ScriptedSender.to(port)) {
                for (int next : bytes) {
                    peer.send((byte) next);
                    pause();
                }
                peer.expectEnd();
            }
        }

        /** The beginning of a frame whose control payload is never complete. */
        private static void dripFrom(EncryptedSender peer) throws Exception {
            while (true) {
                peer.bytes(1);
                pause();
            }
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void anHonestSenderGetsInWithinSeconds(State state) throws Exception {
        try (RunningReceiver running =
                RunningReceiver.start(request(), listener -> access(listener, state.needsCode()))) {
            List<Thread> peers = new ArrayList<>();
            AtomicInteger visits = new AtomicInteger();
            for (int i = 0; i < PEERS; i++) {
                peers.add(Thread.ofVirtual().start(() -> comeAgain(state, running.port(), visits)));
            }
            try {
                while (visits.get() < PEERS) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                long begin = System.nanoTime();
                sendUntilServed(running.port(), state.needsCode(), begin);
                assertThat(out.resolve("honest")).hasContent("content");
            } finally {
                peers.forEach(Thread::interrupt);
                for (Thread peer : peers) {
                    peer.join();
                }
            }
        }
    }

    /** As {@code send} does, tries again when it is sent away. */
    private static void sendUntilServed(int port, boolean withCode, long begin) throws InterruptedException {
        Exception last = null;
        for (int attempt = 1; System.nanoTime() - begin < WITHIN.toNanos(); attempt++) {
            try (EncryptedSender sender = EncryptedSender.to(port, somebody)) {
                if (withCode) {
                    sender.prove(CODE).hearProofAndWelcome(CODE);
                } else {
                    sender.hello(Features.NONE).hear(Frame.Welcome.class);
                }
                sender.file(0, "honest", "content").finish(1);
                return;
            } catch (Exception | AssertionError e) {
                last = new IOException("attempt " + attempt, e);
                Thread.sleep(500);
            }
        }
        fail("not served", last);
    }

    private static void comeAgain(State state, int port, AtomicInteger visits) {
        while (!Thread.currentThread().isInterrupted()) {
            visits.incrementAndGet();
            try {
                state.drip(port);
            } catch (InterruptedException e) {
                return;
            } catch (Exception | AssertionError e) {
                // Sent away.
            }
            try {
                TimeUnit.MILLISECONDS.sleep(500);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private ReceiveRequest request() {
        return new ReceiveRequest(
                RunningReceiver.request(out).destination(),
                List.of(new Endpoint.Tcp("127.0.0.1", 0)),
                Lifetime.UNTIL_STOPPED,
                new AcceptOptions(1024, PLACES, 1),
                OptionalLong.empty(),
                LONG,
                Duration.ZERO);
    }

    private static PreparedAccess access(TransferListener listener, boolean withCode) throws TransferException {
        Transports transports = withCode ? Transports.ENCRYPTED : Transports.ALL;
        Optional<PreparedAccess.Code> code = withCode
                ? Optional.of(new PreparedAccess.Code(SharedCode.Use.STANDING, Optional.empty(), LONG))
                : Optional.empty();
        PacedNotices notices = new PacedNotices(listener, System::nanoTime);
        Access access = new Access(
                transports,
                Optional.of(Tls.of(TlsProvider.JDK, receiver, new TlsTrust.AnyKey())),
                Optional.empty(),
                code.map(use -> new SharedCode(CODE, use.use(), new WrongCodes(WrongCodes.Clock.SYSTEM), notices)),
                notices);
        return new PreparedAccess(
                access, transports, Optional.of(receiver.fingerprint()), code, Optional.empty(), Optional.empty());
    }
}
