package ferry.receive;

import static ferry.fuzz.Invariant.require;

import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.fuzz.Wire;
import ferry.wire.Frame;
import ferry.wire.Reason;
import ferry.wire.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds what a receiver has answered against what it was told and what is on its disk. */
final class Verdicts {
    private final Story story;
    private final Stage stage;
    private final Map<Long, Frame> finals = new HashMap<>();
    private final Map<String, List<Frame.Receipt>> receipts = new HashMap<>();
    private long receiptCount;
    private long failureCount;
    private boolean welcomed;
    private boolean over;

    Verdicts(Story story, Stage stage) {
        this.story = story;
        this.stage = stage;
    }

    void check(byte[] answers, Optional<ExitStatus> status) throws IOException {
        require(
                story.said().contains(Stage.SECRET)
                        || !new String(answers, StandardCharsets.ISO_8859_1).contains(Stage.SECRET),
                () -> "the secret was told to the sender");
        for (Frame answer : Wire.frames(answers, Side.RECEIVER)) {
            check(answer);
        }
        for (Map.Entry<String, List<Frame.Receipt>> placed : receipts.entrySet()) {
            checkFile(placed.getKey(), placed.getValue());
        }
        checkTraps();
        require(status.filter(ExitStatus.INTERNAL::equals).isEmpty(), () -> "a fault of ours: " + stage.events());
        checkEvents();
    }

    private void check(Frame answer) {
        require(!over, () -> answer.describe() + " after the end");
        require(
                welcomed || answer instanceof Frame.Welcome || answer instanceof Frame.Abort || isAlive(answer),
                () -> answer.describe() + " before WELCOME");
        switch (answer) {
            case Frame.Welcome _ -> {
                require(!welcomed, () -> "a second WELCOME");
                welcomed = true;
            }
            case Frame.Refuse(long entry, Reason reason) -> {
                failureCount++;
                checkReason(reason);
                end(entry, answer);
            }
            case Frame.Failed(long entry, Reason reason) -> {
                failureCount++;
                checkReason(reason);
                end(entry, answer);
            }
            case Frame.Receipt receipt -> receipt(receipt);
            case Frame.Accept(long entry) -> offer(entry);
            case Frame.AcceptInOrder(long entry) -> offer(entry);
            case Frame.Compare(long entry, var _) -> offer(entry);
            case Frame.Have(long entry) -> offer(entry);
            case Frame.Stored(long entry) -> offer(entry);
            case Frame.Same(long entry, long _) -> offer(entry);
            case Frame.Send(long entry, long _) -> offer(entry);
            case Frame.Finished finished -> finished(finished);
            case Frame.Abort(Reason reason) -> {
                over = true;
                checkReason(reason);
            }
            default -> require(isAlive(answer), () -> "no answer: " + answer.describe());
        }
    }

    private static boolean isAlive(Frame answer) {
        return answer instanceof Frame.KeepAlive;
    }

    private static void checkReason(Reason reason) {
        require(reason.code() != ErrorCode.INTERNAL, () -> "a fault of ours: " + reason);
    }

    private Frame.Offer offer(long entry) {
        require(entry < story.offers().size(), () -> "an answer for entry " + entry + ", which was not offered");
        return story.offers().get((int) entry);
    }

    private void end(long entry, Frame answer) {
        offer(entry);
        Frame before = finals.putIfAbsent(entry, answer);
        require(before == null, () -> "two final answers: " + before + " and " + answer);
    }

    private void receipt(Frame.Receipt receipt) {
        receiptCount++;
        Frame.Offer offer = offer(receipt.entry());
        end(receipt.entry(), receipt);
        require(receipt.kind() == offer.kind(), () -> receipt + " for " + offer);
        if (receipt.kind() == EntryKind.FILE) {
            Frame.End end = story.ends().get(receipt.entry());
            require(
                    end != null && end.size() == receipt.size() && end.crc() == receipt.crc(),
                    () -> receipt + " is not what the sender has sent: " + end);
            receipts.computeIfAbsent(receipt.path(), path -> new ArrayList<>()).add(receipt);
        }
    }

    private void finished(Frame.Finished finished) {
        require(
                finished.receipts() == receiptCount && finished.failures() == failureCount,
                () -> finished + " after " + receiptCount + " and " + failureCount);
        for (Frame.Offer offer : story.offers()) {
            require(
                    finals.containsKey(offer.entry()) || story.withdrawn().contains(offer.entry()),
                    () -> "FINISHED without a final answer for " + offer);
        }
    }

    /** What was placed under this name is there, and whole, or what replaced it with or without a receipt that came through. */
    private void checkFile(String path, List<Frame.Receipt> claims) throws IOException {
        Path place = stage.out().resolve(path);
        require(Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS), () -> "no file is there: " + claims);
        byte[] content;
        try {
            content = Files.readAllBytes(place);
        } catch (AccessDeniedException e) {
            return;
        }
        int crc = Contents.crc(content);
        boolean claimed = claims.stream().anyMatch(claim -> claim.size() == content.length && claim.crc() == crc);
        boolean replaced = stage.policy() == ConflictPolicy.OVERWRITE
                && story.offers().stream()
                        .filter(offer -> offer.path().equals(path))
                        .map(offer -> story.ends().get(offer.entry()))
                        .anyMatch(end -> end != null && end.size() == content.length && end.crc() == crc);
        require(claimed || replaced, () -> "something else is there: " + claims);
    }

    private void checkTraps() throws IOException {
        require(Files.isSymbolicLink(stage.out().resolve(Stage.WAY_OUT)), () -> "the link that leads out is gone");
        if (stage.policy() != ConflictPolicy.OVERWRITE) {
            require(
                    Files.readString(stage.out().resolve(Stage.OLD)).equals(Stage.OLD),
                    () -> "the file that was there is not as it was");
        }
    }

    private void checkEvents() {
        Set<String> running = new HashSet<>();
        for (TransferEvent event : stage.events()) {
            switch (event) {
                case TransferEvent.Started started ->
                    require(running.add(started.transfer()), () -> "began twice: " + started);
                case TransferEvent.Finished finished ->
                    require(running.remove(finished.transfer()), () -> "ended and had not begun: " + finished);
                default -> {
                    // What they say is checked by what the sender was answered.
                }
            }
        }
        require(running.isEmpty(), () -> "did not end: " + running);
    }
}
