package ferry.send;

import static ferry.fuzz.Invariant.require;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.Entry;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.TransferReport;
import ferry.fuzz.DeafPeer;
import ferry.fuzz.DeafPeer.Part;
import ferry.fuzz.Seal;
import ferry.fuzz.Wire;
import ferry.net.RateLimiter;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import ferry.wire.Side;
import ferry.wire.TransferId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import picocli.CommandLine;

/**
 * A whole session of the sender against what a receiver might say: it ends, with an error of the protocol's page or with every
 * entry answered, and takes no file for sent but by a receipt that proves it.
 *
 * <p>The first byte chooses how the receiver speaks; the rest is what it says, with the checksums of its frames corrected unless it
 * says otherwise.
 */
public final class AnswersTarget {
    private static final int AS_IT_IS = 1;
    private static final int HASTY = 2;
    private static final int BY_RESET = 4;
    private static final int ENTRY_AT = 8;
    private static final int RECEIPT = 0x18;
    private static final int FINISHED = 0x1a;
    private static final List<SourceEntry> SOURCES = sources();

    private AnswersTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte options = input[0];
        byte[] said = Arrays.copyOfRange(input, 1, input.length);
        byte[] wire = (options & AS_IT_IS) == 0 ? Seal.frames(said) : said;
        DeafPeer peer = new DeafPeer(
                (options & HASTY) == 0 ? patient(wire) : List.of(Part.atOnce(wire)),
                Integer.MAX_VALUE,
                (options & BY_RESET) == 0 ? DeafPeer.Leaving.PROPERLY : DeafPeer.Leaving.BY_RESET);
        List<TransferEvent> events = new CopyOnWriteArrayList<>();
        boolean complete = run(peer, events);
        check(complete, events, Wire.frames(wire, Side.RECEIVER));
    }

    /** What answers an entry waits until it is offered, or sent. */
    private static List<Part> patient(byte[] wire) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        for (int end : Seal.ends(wire)) {
            int type = wire[at];
            long entry =
                    end - at >= ENTRY_AT + Long.BYTES ? ByteBuffer.wrap(wire).getLong(at + ENTRY_AT) : -1;
            parts.add(Part.waiting(answers -> Wire.frames(answers, Side.SENDER).stream()
                    .anyMatch(frame -> switch (frame) {
                        case Frame.Offer offer -> type != RECEIPT && type != FINISHED && offer.entry() >= entry;
                        case Frame.End ended -> type == RECEIPT && ended.entry() == entry;
                        case Frame.Done _ -> true;
                        default -> false;
                    })));
            parts.add(Part.atOnce(Arrays.copyOfRange(wire, at, end)));
            at = end;
        }
        parts.add(Part.atOnce(Arrays.copyOfRange(wire, at, wire.length)));
        return parts;
    }

    /** Whether the session says that all was answered. */
    private static boolean run(DeafPeer peer, List<TransferEvent> events) throws Exception {
        TransferId id = new TransferId(1, 2);
        TransferReport report =
                new TransferReport(id.toString(), "fuzzer", Protocol.FERRY, Direction.OUTGOING, events::add);
        Transfer transfer = new Transfer(
                id,
                OwnerId.NONE,
                request(),
                Optional.empty(),
                new Found(),
                new Leftovers(),
                new SourceRemoval(report, events::add),
                RateLimiter.of(OptionalLong.empty()),
                report,
                events::add);
        report.started(Optional.empty());
        SOURCES.forEach(source -> report.progress().found(source.entry()));
        try (peer) {
            return SendSession.over(peer, transfer).run() instanceof TransferSession.Ending.Complete;
        } catch (TransferException e) {
            require(e.code() != ErrorCode.INTERNAL, () -> "a fault of ours: " + e);
            return false;
        }
    }

    private static SendRequest request() throws TransferException {
        SendCommand command = new SendCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--plain", "any", "localhost");
        return command.request(Map.of());
    }

    private static void check(boolean complete, List<TransferEvent> events, List<Frame> answers) throws IOException {
        int ended = 0;
        for (TransferEvent event : events) {
            switch (event) {
                case TransferEvent.Completed completed -> {
                    ended++;
                    requireProved(completed, answers);
                }
                case TransferEvent.Failed _ -> ended++;
                default -> {
                    // Of no consequence for what was sent.
                }
            }
        }
        int count = ended;
        require(count <= SOURCES.size(), () -> "more final answers than entries: " + events);
        require(!complete || count == SOURCES.size(), () -> "complete with " + count + " final answers: " + events);
    }

    private static void requireProved(TransferEvent.Completed completed, List<Frame> answers) throws IOException {
        for (SourceEntry source : SOURCES) {
            if (source instanceof SourceEntry.LocalFile file
                    && file.entry().path().equals(completed.path())
                    && completed.crc32c().isPresent()) {
                byte[] content = Files.readAllBytes(file.path());
                int crc = Crc32c.of(ByteBuffer.wrap(content));
                require(
                        answers.stream()
                                .anyMatch(answer -> answer instanceof Frame.Receipt receipt
                                        && receipt.size() == content.length
                                        && receipt.crc() == crc),
                        () -> "no receipt proves " + completed);
            }
        }
    }

    private static List<SourceEntry> sources() {
        try {
            Path folder = Files.createTempDirectory("ferry-fuzz-send");
            List<SourceEntry> sources = new ArrayList<>();
            for (int size : new int[] {0, 100, 70_000}) {
                Path file = folder.resolve("f" + size);
                file.toFile().deleteOnExit();
                Files.write(file, new byte[size]);
                sources.add(SourceEntry.LocalFile.of(RelativePath.parse("f" + size), file, FileStamp.look(file)));
            }
            RelativePath link = RelativePath.parse("l");
            sources.add(new SourceEntry.WithoutContent(
                    new Entry.Directory(RelativePath.parse("d"), Attributes.NONE), folder));
            sources.add(new SourceEntry.WithoutContent(
                    new Entry.Link(link, LinkTarget.parse("f0", link), Attributes.NONE), folder));
            return List.copyOf(sources);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All was found before the session began. */
    private static final class Found implements ScanSource {
        private final ArrayDeque<SourceEntry> entries = new ArrayDeque<>(SOURCES);

        @Override
        public synchronized Next take() {
            SourceEntry next = entries.poll();
            return next == null ? new Next.End() : new Next.Found(next);
        }
    }
}
