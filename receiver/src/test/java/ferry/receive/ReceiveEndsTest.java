package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static ferry.receive.TestDisk.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How transfers and entries end early, at each place where they can. */
@Timeout(30)
class ReceiveEndsTest {
    private static final byte[] CONTENT = random(3 << 20, 6);
    private static final ReceiveSession.Patience PATIENCE =
            new ReceiveSession.Patience(Duration.ofSeconds(10), Duration.ofMillis(250), Duration.ofSeconds(10));

    @TempDir
    Path out;

    private SessionHost host;

    @BeforeEach
    void open() throws Exception {
        host = SessionHost.into(out).patient(PATIENCE);
    }

    @AfterEach
    void close() throws Exception {
        try (ScriptedFerrySender next = host.welcome()) {
            next.eager(0, "next", "one").finish(1);
        }
        assertThat(out.resolve("next")).hasContent("one");
        host.close();
    }

    /** How far the sender has come. */
    enum Place {
        WELCOMED {
            @Override
            void reach(ScriptedFerrySender sender) {}
        },
        OFFERED {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, file("f", CONTENT.length));
            }
        },
        ACCEPTED {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                OFFERED.reach(sender);
                sender.hear(Frame.Accept.class);
            }
        },
        IN_THE_MIDDLE {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                ACCEPTED.reach(sender);
                sender.data(0, 0, Arrays.copyOf(CONTENT, 1 << 20));
            }
        },
        BEFORE_END {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                ACCEPTED.reach(sender);
                sender.data(0, 0, CONTENT);
            }
        },
        IN_ORDER {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, fileOfUnknownSize("f")).hear(Frame.AcceptInOrder.class);
                sender.data(0, 0, CONTENT);
            }
        },
        SETTLING {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                BEFORE_END.reach(sender);
                sender.done(1);
            }
        };

        abstract void reach(ScriptedFerrySender sender) throws Exception;
    }

    /** A sender that dies does not wait for the end of a frame; one that has only closed its half is told. */
    @ParameterizedTest
    @ValueSource(ints = {-30, 0, 500, 999})
    void losesTheTransferWhenItsConnectionEndsInsideAFrame(int bytesOfTheBody) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 1000)).hear(Frame.Accept.class);
            sender.cutData(0, new byte[1000], bytesOfTheBody).leave();
            sender.hearAbort(ErrorCode.TRUNCATED);
            assertThat(sender.status()).contains(ExitStatus.NETWORK);
        }
        TransferEvent.Stopped stopped = host.events(TransferEvent.Stopped.class).getFirst();
        assertThat(stopped.code()).isEqualTo(ErrorCode.CONNECTION_LOST);
        assertThat(stopped.text()).endsWith("the sender closed it inside a frame");
    }

    @Test
    void doesNotMindHowASenderLeavesThatHasAllItsAnswers() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.eager(0, "f", "content").done(1).raw((byte) 0x1d);
            sender.hearFinished(ExitStatus.DONE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void placesNothingWhenTheSenderLeaves(Place place) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            place.reach(sender);
            sender.leave();
            assertThat(sender.status()).contains(ErrorCode.CONNECTION_LOST.exitStatus());
        }
        assertNothingPlaced(ErrorCode.CONNECTION_LOST);
    }

    @ParameterizedTest
    @EnumSource
    void placesNothingAfterAReset(Place place) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            place.reach(sender);
            sender.reset();
            assertThat(sender.status()).contains(ErrorCode.CONNECTION_LOST.exitStatus());
        }
        assertNothingPlaced(ErrorCode.CONNECTION_LOST);
    }

    @ParameterizedTest
    @EnumSource
    void placesNothingAfterAnAbort(Place place) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            place.reach(sender);
            sender.abort(ErrorCode.INTERRUPTED).leave();
            assertThat(sender.status()).contains(ErrorCode.PEER_STOPPED.exitStatus());
        }
        assertNothingPlaced(ErrorCode.PEER_STOPPED);
    }

    @ParameterizedTest
    @EnumSource
    void placesNothingWhenItIsStopped(Place place) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            place.reach(sender);
            sender.session().stop(new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping"));
            sender.hearAbort(ErrorCode.SHUTTING_DOWN);
            sender.leave();
            assertThat(sender.status()).contains(ErrorCode.SHUTTING_DOWN.exitStatus());
        }
        assertNothingPlaced(ErrorCode.SHUTTING_DOWN);
    }

    @Test
    void doesNotWaitForASenderThatNeitherSpeaksNorLeaves() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.session().stop(new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping"));
            sender.hearAbort(ErrorCode.SHUTTING_DOWN);
            assertThat(sender.status()).contains(ErrorCode.SHUTTING_DOWN.exitStatus());
        }
    }

    private void assertNothingPlaced(ErrorCode why) throws Exception {
        assertThat(TestDisk.tree(out)).isEmpty();
        assertThat(host.events(TransferEvent.Stopped.class).getFirst().code()).isEqualTo(why);
    }

    @ParameterizedTest
    @EnumSource(names = {"OFFERED", "ACCEPTED", "IN_THE_MIDDLE", "BEFORE_END", "IN_ORDER"})
    void endsAnEntryThatTheSenderFails(Place place) throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            place.reach(sender);
            sender.fail(0, ErrorCode.SOURCE_UNREADABLE).fail(0, ErrorCode.SOURCE_CHANGED);
            sender.eager(1, "other", "o").done(2);
            assertThat(sender.hearFinished(ExitStatus.PARTIAL).receipts()).isEqualTo(1);
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("other", "o"));
        assertThat(host.events(TransferEvent.Failed.class))
                .extracting(TransferEvent.Failed::code)
                .containsExactly(ErrorCode.SOURCE_UNREADABLE);
    }

    @Test
    void failsAFileThatEndsTooEarly() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            Place.IN_THE_MIDDLE.reach(sender);
            sender.end(0, CONTENT).hearFailed(ErrorCode.CORRUPT_FILE);
            sender.done(1).hearFinished(ErrorCode.CORRUPT_FILE.exitStatus());
        }
        assertThat(TestDisk.tree(out)).isEmpty();
    }

    @Test
    void failsAFileWhoseChecksumDoesNotAgree() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            Place.BEFORE_END.reach(sender);
            sender.say(new Frame.End(0, CONTENT.length, ScriptedFerrySender.crc(CONTENT) + 1));
            sender.hearFailed(ErrorCode.CORRUPT_FILE);
            sender.offer(1, file("eager", 2)).data(1, 0, "ab".getBytes(UTF_8));
            sender.say(new Frame.End(1, 2, 3)).hearFailed(ErrorCode.CORRUPT_FILE);
            sender.done(2).hearFinished(ErrorCode.CORRUPT_FILE.exitStatus());
        }
        assertThat(TestDisk.tree(out)).isEmpty();
    }

    @Test
    void settlesNothingForASenderThatLeftBeforeItsFilesWereComplete() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, TestDisk.link("link", "target")).hear(Frame.Stored.class);
            sender.offer(1, file("f", CONTENT.length)).hear(Frame.Accept.class);
            sender.data(1, 0, CONTENT).done(2).leave();
            assertThat(sender.status()).contains(ErrorCode.CONNECTION_LOST.exitStatus());
        }
        assertThat(TestDisk.tree(out)).isEmpty();
        assertThat(host.events(TransferEvent.Completed.class)).isEmpty();
    }

    @Test
    void keepsWhatHasItsReceiptWhenTheTransferEndsEarly() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, directory("d", 0755)).eager(1, "d/kept", "k");
            Frame answer = sender.hearAny();
            while (!(answer instanceof Frame.Receipt)) {
                answer = sender.hearAny();
            }
            sender.offer(2, file("d/lost", CONTENT.length)).reset();
            assertThat(sender.status()).contains(ErrorCode.CONNECTION_LOST.exitStatus());
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("d", "/", "d/kept", "k"));
    }

    @Test
    void callsItASuccessHoweverTheSenderLeavesAfterFinished() throws Exception {
        for (String how : new String[] {"end", "reset", "abort", "keep-alives"}) {
            try (ScriptedFerrySender sender = host.welcome()) {
                sender.done(0).hear(Frame.Finished.class);
                switch (how) {
                    case "end" -> sender.leave();
                    case "reset" -> sender.reset();
                    case "abort" -> sender.abort(ErrorCode.INTERRUPTED).leave();
                    default ->
                        sender.say(new Frame.KeepAlive(), new Frame.KeepAlive()).leave();
                }
                assertThat(sender.status()).as(how).contains(ExitStatus.DONE);
            }
        }
        assertThat(host.events(TransferEvent.Stopped.class)).isEmpty();
    }
}
