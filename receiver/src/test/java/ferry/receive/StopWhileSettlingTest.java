package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.tree;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Entry;
import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that is stopped in the moment in which a tree gets its name. */
@Timeout(60)
class StopWhileSettlingTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final OwnerId OWNER = new OwnerId(1, 2);

    @TempDir
    private Path out;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Where settling stands still until the test lets it go on. */
    private enum Moment {
        BEFORE_IT_IS_DECIDED,
        AFTER
    }

    private static TransferException stopped() {
        return new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "as the test wants it");
    }

    private void standStill() {
        reached.countDown();
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("somebody interrupted the thread that settles", e);
        }
    }

    private SessionHost host(ReceiveFolder folder, Moment moment) throws Exception {
        return SessionHost.with(visitor -> new StillInbox(folder.open(visitor), moment))
                .patient(new ReceiveSession.Patience(LONG, LONG, LONG));
    }

    private static ScriptedFerrySender stored(SessionHost host) throws Exception {
        ScriptedFerrySender sender = host.welcomeAtomic(OWNER);
        sender.offer(0, directory("site", 0755)).hear(Frame.Stored.class);
        sender.eager(1, "site/a", "A").hear(Frame.Stored.class);
        return sender;
    }

    @Test
    void whatHasBegunToBePlacedIsFinished() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                SessionHost host = host(folder, Moment.AFTER);
                ScriptedFerrySender sender = stored(host)) {
            sender.done(2);
            reached.await();
            sender.session().stop(stopped());
            gate.countDown();
            sender.hear(Frame.Receipt.class);
            sender.hear(Frame.Receipt.class);
            sender.hear(Frame.Finished.class);
        }
        assertThat(tree(out)).isEqualTo(Map.of("site", "/", "site/a", "A"));
    }

    @Test
    void whatIsStoppedBeforeIsNotPlacedAndIsKept() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                SessionHost host = host(folder, Moment.BEFORE_IT_IS_DECIDED);
                ScriptedFerrySender sender = stored(host)) {
            sender.done(2);
            reached.await();
            sender.session().stop(stopped());
            sender.hearAbort(ErrorCode.SHUTTING_DOWN);
            gate.countDown();
        }
        assertThat(tree(out)).isEmpty();
        Events kept = new Events();
        new PartialList(out).run(kept);
        assertThat(kept.of(TransferEvent.Partial.class)).hasSize(1);
    }

    private final class StillInbox implements Inbox {
        private final Inbox inbox;
        private final Moment moment;

        StillInbox(Inbox inbox, Moment moment) {
            this.inbox = inbox;
            this.moment = moment;
        }

        @Override
        public void settle(SettleListener listener) throws TransferException {
            inbox.settle(new SettleListener() {
                @Override
                public void requireGoingOn() throws TransferException {
                    if (moment == Moment.BEFORE_IT_IS_DECIDED) {
                        standStill();
                    }
                    listener.requireGoingOn();
                    if (moment == Moment.AFTER) {
                        standStill();
                    }
                }

                @Override
                public void settled(long id, Entry entry, Placement placement) {
                    listener.settled(id, entry, placement);
                }

                @Override
                public void settled(long id, Entry.File file, Placement placement, IncomingFile.Whole whole) {
                    listener.settled(id, file, placement, whole);
                }

                @Override
                public void failed(long id, Entry entry, TransferException reason) {
                    listener.failed(id, entry, reason);
                }
            });
        }

        @Override
        public Admission admit(Entry.File file) throws TransferException {
            return inbox.admit(file);
        }

        @Override
        public void defer(long id, Entry.Directory directory) throws TransferException {
            inbox.defer(id, directory);
        }

        @Override
        public void defer(long id, Entry.Link link) throws TransferException {
            inbox.defer(id, link);
        }

        @Override
        public boolean defer(long id, Entry.File file, Placement placement, IncomingFile.Whole whole)
                throws TransferException {
            return inbox.defer(id, file, placement, whole);
        }

        @Override
        public Placing placing() {
            return inbox.placing();
        }

        @Override
        public Map<Placement, TransferException> sync(Collection<Placement> placements) {
            return inbox.sync(placements);
        }

        @Override
        public long freeSpace() {
            return inbox.freeSpace();
        }

        @Override
        public void close() {
            inbox.close();
        }
    }
}
