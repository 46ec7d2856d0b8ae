package ferry.cli;

import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Totals;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.Verification;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells events to people, on standard error. Not thread-safe: it is called by {@link Reporter}'s thread. */
final class ReportPrinter implements TransferListener {
    private final Console console;
    private final Verbosity verbosity;
    private final Map<String, Running> transfers = new HashMap<>();

    /** The same for each socket, so it is told with the first. */
    private boolean hasToldIdentity;

    ReportPrinter(Console console, Verbosity verbosity) {
        this.console = console;
        this.verbosity = verbosity;
    }

    @Override
    public boolean wantsFrames() {
        return verbosity == Verbosity.VERBOSE;
    }

    @Override
    public void on(TransferEvent event) {
        switch (event) {
            case TransferEvent.Listening listening -> tellListening(listening);
            case TransferEvent.Started started -> tellStarted(started);
            case TransferEvent.Reconnecting reconnecting -> tellReconnecting(reconnecting);
            case TransferEvent.Reconnected(String transfer, String peer) -> {
                if (isAtLeast(Verbosity.NORMAL)) {
                    console.say("connected again to " + peer);
                }
            }
            case TransferEvent.Streams(String transfer, int count, String text) -> {
                if (isAtLeast(Verbosity.VERBOSE)) {
                    console.say("streams: %d; %s".formatted(count, text));
                }
            }
            case TransferEvent.Compression(String transfer, String method, String text) -> {
                if (isAtLeast(Verbosity.VERBOSE)) {
                    console.say("compression: %s; %s".formatted(method, text));
                }
            }
            case TransferEvent.Found found -> {}
            case TransferEvent.OwnKey own -> {}
            case TransferEvent.Checked checked -> {}
            case TransferEvent.Partial partial -> {}
            case TransferEvent.Completed completed -> tellCompleted(completed);
            case TransferEvent.Failed failed -> tellFailed(failed);
            case TransferEvent.Frame frame -> tellFrame(frame);
            case TransferEvent.Notice notice -> {
                if (isAtLeast(Verbosity.NORMAL)) {
                    console.say(notice.text());
                }
            }
            case TransferEvent.Warning warning -> {
                if (isAtLeast(Verbosity.NORMAL) || warning.weight() == TransferEvent.Warning.Weight.SECURITY) {
                    console.warning(warning.text(), warning.hints());
                }
            }
            case TransferEvent.Stopped stopped -> console.error(stopped.text(), stopped.hints());
            case TransferEvent.Finished finished -> tellFinished(finished);
        }
    }

    private void tellListening(TransferEvent.Listening event) {
        if (isAtLeast(Verbosity.NORMAL)) {
            if (!hasToldIdentity) {
                hasToldIdentity = true;
                event.key().ifPresent(key -> console.say("key " + key));
                event.code().ifPresent(code -> console.say("code " + code.text() + " (" + code.use() + ")"));
            }
            console.say("listening on " + event.endpoint());
            console.hint(event.sendLine());
        }
    }

    private void tellStarted(TransferEvent.Started event) {
        transfers.put(event.transfer(), new Running(event.direction(), event.peer()));
        if (isAtLeast(Verbosity.VERBOSE)) {
            console.say("transfer %s %s, %s protocol"
                    .formatted(
                            event.transfer(),
                            preposition(event.direction()) + event.peer(),
                            JsonText.word(event.protocol())));
            event.encryption()
                    .ifPresent(encryption -> console.say("encrypted by %s, the %s's key is %s"
                            .formatted(encryption.description(), otherSide(event.direction()), encryption.peerKey())));
        }
    }

    private void tellReconnecting(TransferEvent.Reconnecting event) {
        if (isAtLeast(Verbosity.NORMAL)) {
            console.say("%s; reconnecting in %s (%d of %d)"
                    .formatted(event.text(), Formats.duration(event.pause()), event.attempt(), event.most()));
        }
    }

    private void tellCompleted(TransferEvent.Completed event) {
        Running transfer = transfers.get(event.transfer());
        if (transfer != null) {
            transfer.add(event);
        }
        boolean isRenamed = !event.placed().equals(event.path());
        if (isAtLeast(Verbosity.VERBOSE)) {
            console.say(entryLine(event));
        } else if (isRenamed && event.outcome() == Outcome.PLACED && isAtLeast(Verbosity.NORMAL)) {
            console.say(event.path() + ": placed as " + event.placed());
        }
    }

    private static String entryLine(TransferEvent.Completed event) {
        StringBuilder line = new StringBuilder().append(event.path()).append(": ");
        line.append(event.outcome() == Outcome.SAME ? "there already" : "placed");
        if (!event.placed().equals(event.path())) {
            line.append(" as ").append(event.placed());
        }
        if (event.kind() == EntryKind.FILE) {
            line.append(", ").append(Formats.size(event.size()));
        }
        event.crc32c().ifPresent(crc -> line.append(", crc32c ").append(JsonText.hex(crc)));
        return line.toString();
    }

    private void tellFailed(TransferEvent.Failed event) {
        Running transfer = transfers.get(event.transfer());
        String origin =
                transfer != null && transfer.direction == Direction.INCOMING ? " (from " + transfer.peer + ")" : "";
        console.error(event.path() + ": " + event.text() + origin, List.of());
    }

    private void tellFrame(TransferEvent.Frame event) {
        if (isAtLeast(Verbosity.VERBOSE)) {
            console.say((event.direction() == Direction.OUTGOING ? "> " : "< ") + event.text());
        }
    }

    private void tellFinished(TransferEvent.Finished event) {
        Running transfer = transfers.remove(event.transfer());
        boolean isEmpty = event.totals().entries() == 0 && event.totals().failed() == 0;
        if (transfer != null && !isEmpty && isAtLeast(Verbosity.NORMAL)) {
            console.say(summary(event, transfer));
        }
    }

    private static String summary(TransferEvent.Finished event, Running transfer) {
        Totals totals = event.totals();
        StringBuilder line = new StringBuilder(subject(totals, transfer));
        line.append(' ').append(preposition(transfer.direction)).append(event.peer());
        line.append(" in ").append(Formats.duration(event.elapsed()));
        if (totals.moved() > 0) {
            line.append(" (").append(Formats.speed(totals.moved(), event.elapsed()));
            if (totals.wire() < totals.moved()) {
                line.append(", compressed to ").append(Formats.size(totals.wire()));
            }
            if (event.limitedBy() != Bottleneck.NONE) {
                line.append(", limited by the ")
                        .append(JsonText.word(event.limitedBy()).replace('_', ' '));
            }
            line.append(')');
        }
        remarks(totals, transfer).forEach(remark -> line.append(", ").append(remark));
        return line.toString();
    }

    private static String subject(Totals totals, Running transfer) {
        if (totals.entries() == 0) {
            return transfer.direction == Direction.INCOMING ? "nothing received" : "nothing sent";
        }
        if (totals.files() == 0) {
            return Formats.count(totals.entries(), "entry", "entries");
        }
        String what = totals.entries() == 1 ? transfer.lastName : Formats.count(totals.files(), "file", "files");
        return what + ", " + Formats.size(totals.bytes());
    }

    private static List<String> remarks(Totals totals, Running transfer) {
        List<String> remarks = new ArrayList<>();
        if (totals.same() > 0) {
            remarks.add((totals.same() == totals.entries() ? "" : totals.same() + " of them ") + "there already");
        }
        if (totals.failed() > 0) {
            remarks.add(totals.failed() + " failed");
        }
        if (totals.entries() > 0) {
            remarks.add(transfer.assurance());
        }
        return remarks;
    }

    private static String otherSide(Direction direction) {
        return direction == Direction.INCOMING ? "sender" : "receiver";
    }

    private static String preposition(Direction direction) {
        return direction == Direction.INCOMING ? "from " : "to ";
    }

    private boolean isAtLeast(Verbosity wanted) {
        return verbosity.compareTo(wanted) >= 0;
    }

    /** What the summary of a transfer must remember of its entries: only the weakest of what was promised. */
    private static final class Running {
        private final Direction direction;
        private final String peer;
        private Durability durability = Durability.DURABLE;
        private Verification verification = Verification.VERIFIED;
        private String lastName = "";

        private Running(Direction direction, String peer) {
            this.direction = direction;
            this.peer = peer;
        }

        private void add(TransferEvent.Completed event) {
            lastName = event.placed().toString();
            if (event.durability().compareTo(durability) > 0) {
                durability = event.durability();
            }
            if (event.verification().compareTo(verification) > 0) {
                verification = event.verification();
            }
        }

        private String assurance() {
            if (verification == Verification.UNVERIFIED) {
                return "unverified: the classic protocol has no checksum";
            }
            return switch (durability) {
                case DURABLE -> "checked and durable";
                case WRITTEN -> "checked, but not synced to the disk";
                case STREAMED -> "checked and streamed";
            };
        }
    }
}
