package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Entry;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.AcceptListener;
import ferry.net.AcceptOptions;
import ferry.net.Acceptor;
import ferry.net.BufferPool;
import ferry.net.Endpoint;
import ferry.net.Places;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A reception that listens in plain, with a disk that tells when inboxes are opened and closed, and may be slow to let go of one. */
final class ReceptionHost implements AutoCloseable {
    private final Events events = new Events();
    private final List<Throwable> faults = new CopyOnWriteArrayList<>();
    private final DiskPool disk = DiskPool.open(4, (thread, fault) -> faults.add(fault));
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private final CountDownLatch unstuck = new CountDownLatch(1);
    private final ReceiveFolder folder;
    private final Acceptor acceptor;

    /** Whether the disk lets go of inboxes at once. */
    enum DiskMood {
        QUICK,
        STUCK
    }

    private ReceptionHost(Path out, Duration timeout, Duration takeoverWait, DiskMood mood) throws TransferException {
        this.folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
        AtomicInteger number = new AtomicInteger();
        InboxFactory inboxes = visitor -> logged(folder.open(visitor), number.incrementAndGet(), mood);
        ReceiveServices services = new ReceiveServices(
                inboxes,
                disk,
                new BufferPool(8 << 20),
                timeout,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                "test",
                events,
                Access.ofAnybodyInPlain(new PacedNotices(events, System::nanoTime)));
        Places places = Places.of(AcceptOptions.DEFAULT);
        Takeover takeover = new Takeover(timeout, takeoverWait);
        Reception reception = new Reception(
                services, ReceiveRequest.Lifetime.UNTIL_STOPPED, places, takeover, () -> {}, new NoSingleTransfer());
        this.acceptor =
                Acceptor.open(List.of(new Endpoint.Tcp("127.0.0.1", 0)), 100, places, reception, AcceptListener.NONE);
    }

    static ReceptionHost into(Path out, Duration timeout) throws TransferException {
        return new ReceptionHost(out, timeout, Takeover.LONGEST_WAIT, DiskMood.QUICK);
    }

    static ReceptionHost stuck(Path out, Duration takeoverWait) throws TransferException {
        return new ReceptionHost(out, Duration.ofSeconds(20), takeoverWait, DiskMood.STUCK);
    }

    private static final class NoSingleTransfer implements Reception.Listener {
        @Override
        public void ended(ExitStatus status) {
            throw new AssertionError("there may be any number");
        }

        @Override
        public void brokenOff(ExitStatus status, BooleanSupplier giveUp) {
            throw new AssertionError("there may be any number");
        }
    }

    private Inbox logged(Inbox inbox, int number, DiskMood mood) {
        log.add("open " + number);
        return new ClosingInbox(inbox, () -> {
            if (mood == DiskMood.STUCK && number == 1) {
                stuck.countDown();
                awaitUnstuck();
            }
            log.add("close " + number);
        });
    }

    private void awaitUnstuck() {
        try {
            unstuck.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("somebody interrupted a thread of the disk", e);
        }
    }

    /** An inbox that says when it is closed. */
    private record ClosingInbox(Inbox inbox, Runnable onClose) implements Inbox {
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
        public Map<Placement, TransferException> sync(Collection<Placement> placements) {
            return inbox.sync(placements);
        }

        @Override
        public void settle(SettleListener listener) throws TransferException {
            inbox.settle(listener);
        }

        @Override
        public long freeSpace() {
            return inbox.freeSpace();
        }

        @Override
        public void close() {
            inbox.close();
            onClose.run();
        }
    }

    int port() {
        return ((Endpoint.Tcp) acceptor.endpoints().getFirst()).port();
    }

    /** What became of inboxes, in this order. */
    List<String> log() {
        return log;
    }

    Events events() {
        return events;
    }

    /** Waits until the disk is at letting go of the first inbox. */
    void awaitStuck() throws InterruptedException {
        stuck.await();
    }

    void unstick() {
        unstuck.countDown();
    }

    @Override
    public void close() {
        unstick();
        acceptor.close();
        disk.close();
        folder.close();
        assertThat(faults).as("what broke on the disk's threads").isEmpty();
    }
}
