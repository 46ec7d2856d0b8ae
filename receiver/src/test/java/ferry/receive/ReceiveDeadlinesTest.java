package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sender that stalls, in each state of a transfer: it is given up after the silence limit, and the reason names what was awaited. */
@Timeout(30)
class ReceiveDeadlinesTest {
    private static final Duration SILENCE = Duration.ofSeconds(1);

    @TempDir
    private Path out;

    /** How far the sender comes. */
    enum State {
        WELCOMED {
            @Override
            void reach(ScriptedFerrySender sender) {}
        },
        IN_THE_HEADER_OF_A_FRAME {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.raw((byte) 1, (byte) 0);
            }
        },
        WITH_A_VERDICT_AND_NO_CONTENT {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, TestDisk.file("f", 1 << 20)).hear(Frame.Accept.class);
            }
        },
        IN_THE_CONTENT {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, TestDisk.file("f", 1 << 20)).hear(Frame.Accept.class);
                sender.data(0, 0, new byte[1000]);
            }
        },
        BEFORE_DONE {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.eager(0, "f", "content").hearReceipt();
            }
        },
        WITH_CONTENT_MISSING_AFTER_DONE {
            @Override
            void reach(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, TestDisk.file("f", Chunks.SIZE)).hear(Frame.Accept.class);
                sender.done(1);
            }
        };

        abstract void reach(ScriptedFerrySender sender) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void givesUpASenderThatStalls(State state) throws Exception {
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, SILENCE);
                ScriptedFerrySender sender = host.welcome()) {
            state.reach(sender);
            assertThat(sender.status()).contains(ErrorCode.TIMEOUT.exitStatus());
            assertThat(host.events(TransferEvent.Stopped.class).getFirst().text())
                    .endsWith("waited 1 s for the sender's next frame");
        }
    }

    /** What is missing of a frame, as when its bytes were lost on the way. */
    enum Rest {
        OF_THE_FIELDS {
            @Override
            void begin(ScriptedFerrySender sender) throws Exception {
                sender.raw((byte) 0x10, (byte) 0, (byte) 0x2f, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
            }
        },
        OF_THE_BODY {
            @Override
            void begin(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, TestDisk.file("f", 1 << 20)).hear(Frame.Accept.class);
                sender.cutData(0, new byte[100_000], 50_000);
            }
        },
        OF_A_BODY_THAT_IS_SKIPPED {
            @Override
            void begin(ScriptedFerrySender sender) throws Exception {
                sender.offer(0, TestDisk.file("f", 1 << 20)).hear(Frame.Accept.class);
                sender.fail(0, ErrorCode.SOURCE_VANISHED).cutData(0, new byte[100_000], 50_000);
            }
        };

        abstract void begin(ScriptedFerrySender sender) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void keepAlivesDoNotKeepAFrameOpenWhoseRestDoesNotCome(Rest rest) throws Exception {
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, SILENCE);
                ScriptedFerrySender sender = host.welcome()) {
            rest.begin(sender);
            sender.keepAlive(SILENCE.dividedBy(10));
            sender.hearAbort(ErrorCode.TIMEOUT);
            assertThat(sender.status()).contains(ErrorCode.TIMEOUT.exitStatus());
            assertThat(host.events(TransferEvent.Stopped.class).getFirst().text())
                    .contains("waited 1 s for the rest of a frame from the sender");
        }
    }
}
