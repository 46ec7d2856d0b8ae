package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Takes the DATA of one stream to the files that it belongs to. For the thread that reads the stream. */
final class StreamContent {
    private final OpenEntries open;
    private final LongSupplier offered;
    private final EntryBudget.Account memory;
    private final Intake intake;
    private final Predicate<IncomingFile> mayHaveData;
    private @Nullable IncomingFile latest;

    /**
     * @param offered how many entries were offered so far
     * @param mayHaveData whether this stream may bring content of a file now
     */
    StreamContent(
            OpenEntries open,
            LongSupplier offered,
            EntryBudget.Account memory,
            Intake intake,
            Predicate<IncomingFile> mayHaveData) {
        this.open = open;
        this.offered = offered;
        this.memory = memory;
        this.intake = intake;
        this.mayHaveData = mayHaveData;
    }

    /** A file was offered, whose content comes next if it comes at all. */
    void expect(IncomingFile file) {
        latest = file;
    }

    /** Takes the frame, and the body that follows it. */
    void take(Frame.Data data, FrameReader body) throws IOException, TransferException, InterruptedException {
        memory.contentArrived(data.bodyLength());
        Optional<IncomingFile> found = find(data, data.entry());
        if (found.isEmpty()) {
            intake.skip(data, body);
            return;
        }
        IncomingFile file = found.get();
        if (!mayHaveData.test(file)) {
            throw violation(data, "its entry has no verdict yet that lets it come over this stream");
        }
        if (data.offset() > file.entry().size().orElse(Long.MAX_VALUE) - data.length()) {
            throw violation(data, "it reaches beyond the size that was offered");
        }
        intake.take(data, body, file);
    }

    /** The file with this number, unless it has its final answer or needs no content: then what comes is discarded. */
    Optional<IncomingFile> find(Frame frame, long number) throws TransferException {
        if (latest != null && latest.number() == number) {
            return Optional.of(latest);
        }
        if (number >= offered.getAsLong()) {
            throw violation(frame, "no such entry was offered");
        }
        Optional<IncomingFile> file = open.find(number);
        file.ifPresent(found -> latest = found);
        return file;
    }

    static TransferException violation(Frame frame, String why) {
        return new TransferException(ErrorCode.PROTOCOL_VIOLATION, "sender", "%s: %s".formatted(frame.describe(), why));
    }
}
