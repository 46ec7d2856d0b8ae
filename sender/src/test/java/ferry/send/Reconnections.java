package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import ferry.wire.TransferId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests need of runs whose connections break: sources, a sender, and receivers that take what they get. */
abstract class Reconnections {
    @TempDir
    Path dir;

    final Events events = new Events();
    final List<TransferId> transfers = new ArrayList<>();
    Path small;
    Path large;
    Path tree;

    @BeforeEach
    void makeFiles() throws Exception {
        small = Files.write(dir.resolve("small"), new byte[1000]);
        large = Files.write(dir.resolve("large"), new byte[3 * Chunks.SIZE]);
        tree = Files.createDirectory(dir.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("target"));
    }

    /** Where a connection breaks, while a small file is sent. */
    enum Break implements ScriptedReceivers.Script {
        AFTER_HELLO {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.greeted();
                receiver.reset();
            }
        },
        BEFORE_WELCOME {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.greeted();
                receiver.await(Frame.End.class);
                receiver.leave();
            }
        },
        BUSY {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.greeted();
                receiver.await(Frame.End.class);
                receiver.abort(ErrorCode.BUSY);
                receiver.awaitEnd();
            }
        },
        AFTER_WELCOME {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().reset();
            }
        },
        AFTER_END {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().await(Frame.End.class);
                receiver.reset();
            }
        },
        SHUTTING_DOWN {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().await(Frame.End.class);
                receiver.abort(ErrorCode.SHUTTING_DOWN);
                receiver.awaitEnd();
            }
        },
        AFTER_DONE {
            @Override
            public void play(ScriptedFerryReceiver receiver) throws Exception {
                receiver.welcoming().await(Frame.Done.class);
                receiver.leave();
            }
        };
    }

    ExitStatus send(ScriptedReceivers receivers, Path... sources) throws Exception {
        return sender(Requests.retrying(Requests.ferry(receivers.endpoint(), sources), 3))
                .run();
    }

    Sender sender(SendRequest request) {
        return new Sender(
                request,
                Map.of("XDG_STATE_HOME", dir.resolve("state").toString()),
                Optional.empty(),
                SendSession::over,
                events);
    }

    /** Takes everything, and answers it. */
    void takeAll(ScriptedFerryReceiver receiver) throws Exception {
        takeSome(receiver);
        receiver.say(new Frame.Finished(0, 0, 0));
    }

    /** Takes everything, and answers it, but for FINISHED; the names of what was offered. */
    List<String> takeSome(ScriptedFerryReceiver receiver) throws Exception {
        Frame.Hello hello = receiver.greeted();
        transfers.add(hello.transfer());
        receiver.say(ScriptedFerryReceiver.welcome(ScriptedFerryReceiver.CREDIT, 0, Duration.ofSeconds(30)));
        List<String> offered = new ArrayList<>();
        List<Frame> deferred = new ArrayList<>();
        while (true) {
            switch (receiver.hearAny()) {
                case Frame.Offer offer -> {
                    assertThat(offer.entry()).as("new numbers").isEqualTo(offered.size());
                    offered.add(offer.path());
                    switch (offer.kind()) {
                        case FILE -> {
                            if (offer.size().orElse(0) > 65_536) {
                                receiver.say(new Frame.Accept(offer.entry()));
                            }
                        }
                        case DIRECTORY -> {
                            receiver.say(new Frame.Stored(offer.entry()));
                            deferred.add(receiptOfDirectory(offer.entry()));
                        }
                        case LINK -> {
                            receiver.say(new Frame.Stored(offer.entry()));
                            deferred.add(ScriptedFerryReceiver.receiptOfLink(offer.entry()));
                        }
                    }
                }
                case Frame.End end -> receiver.say(receipt(end));
                case Frame.Data _ -> {}
                case Frame.Done _ -> {
                    receiver.say(deferred.toArray(Frame[]::new));
                    return offered;
                }
                case Frame other -> throw new AssertionError(other.describe());
            }
        }
    }

    List<String> completed() {
        return events.of(TransferEvent.Completed.class).stream()
                .map(event -> event.kind() + " " + event.size())
                .toList();
    }
}
