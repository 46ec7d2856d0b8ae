package ferry.wire;

import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;

/** The numbers that stand for values in the fields of frames: section 5 of docs/PROTOCOL.md. Pure functions. */
final class WireNumbers {
    static final int SIZE_KNOWN = 0x01;
    static final int MTIME_GIVEN = 0x02;
    static final int MODE_GIVEN = 0x04;

    static final int ACCEPT = 1;
    static final int ACCEPT_IN_ORDER = 2;
    static final int COMPARE = 3;
    static final int HAVE = 4;
    static final int REFUSE = 5;

    private WireNumbers() {}

    static int of(EntryKind kind) {
        return switch (kind) {
            case FILE -> 1;
            case DIRECTORY -> 2;
            case LINK -> 3;
        };
    }

    static EntryKind kind(int number) {
        return switch (number) {
            case 1 -> EntryKind.FILE;
            case 2 -> EntryKind.DIRECTORY;
            case 3 -> EntryKind.LINK;
            default -> throw new IllegalArgumentException("no kind " + number);
        };
    }

    static int of(Outcome outcome) {
        return switch (outcome) {
            case PLACED -> 1;
            case SAME -> 2;
        };
    }

    static Outcome outcome(int number) {
        return switch (number) {
            case 1 -> Outcome.PLACED;
            case 2 -> Outcome.SAME;
            default -> throw new IllegalArgumentException("no outcome " + number);
        };
    }

    static int of(Durability durability) {
        return switch (durability) {
            case DURABLE -> 1;
            case WRITTEN -> 2;
            case STREAMED -> 3;
        };
    }

    static Durability durability(int number) {
        return switch (number) {
            case 1 -> Durability.DURABLE;
            case 2 -> Durability.WRITTEN;
            case 3 -> Durability.STREAMED;
            default -> throw new IllegalArgumentException("no durability " + number);
        };
    }
}
