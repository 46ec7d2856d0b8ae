package ferry.send;

import ferry.entry.Entry;
import ferry.send.Work.Manner;
import ferry.wire.Limits;

/** What the receiver lets the sender send unasked (docs/PROTOCOL.md, section 6). Guarded by the {@link Ledger}'s lock. */
final class Credit {
    /** An OFFER frame without its path and target takes less than this. */
    private static final int OFFER_BYTES = 64;

    private int entries = Limits.CREDIT_BEFORE_WELCOME;

    /** Bytes of OFFER frames that may still be sent before WELCOME; without bound after it. */
    private long offerBytes = Limits.OFFER_BYTES_BEFORE_WELCOME;

    /** Bytes of OFFER frames that may be in flight. */
    private long inFlightBytes = Limits.OFFER_BYTES_BEFORE_WELCOME;

    private long eagerBytes = Limits.MAX_EAGER_BYTES;

    /** Whether no content goes with offers, so that it may go over any stream. */
    private boolean spreads;

    /** WELCOME is here. */
    void grant(int granted, int grantedBytes) {
        entries = granted;
        offerBytes = Long.MAX_VALUE;
        inFlightBytes = grantedBytes;
    }

    /** The first answer to an offer is here, so that the receiver is known to take content. */
    void answered() {
        eagerBytes = Long.MAX_VALUE;
    }

    /** From now on no content goes with offers. */
    void spread() {
        spreads = true;
    }

    /** The end of that. */
    void gather() {
        spreads = false;
    }

    boolean isAnswered() {
        return eagerBytes == Long.MAX_VALUE;
    }

    /**
     * Whether an entry may be offered.
     *
     * @param inFlight how many are in flight
     * @param bytes what their offers cost: {@link #bytesOf}
     */
    boolean allows(int inFlight, long bytes, Entry next) {
        long cost = bytesOf(next);
        return inFlight < entries && cost <= offerBytes && cost <= inFlightBytes - bytes;
    }

    /** Takes what the offer costs, and says whether the content may go with it. */
    Manner take(Entry next) {
        if (offerBytes != Long.MAX_VALUE) {
            offerBytes -= bytesOf(next);
        }
        long size = next instanceof Entry.File file ? file.size().orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
        if (size > Limits.MAX_EAGER_FILE || size > eagerBytes || (spreads && size > 0)) {
            return Manner.ALONE;
        }
        if (eagerBytes != Long.MAX_VALUE) {
            eagerBytes -= size;
        }
        return Manner.WITH_CONTENT;
    }

    /** No less than what the frame will take. */
    static long bytesOf(Entry entry) {
        int text = utf8Length(entry.path().toString());
        if (entry instanceof Entry.Link link) {
            text += utf8Length(link.target().toString());
        }
        return OFFER_BYTES + (long) text;
    }

    /** Of text without unpaired surrogates; counted here, since this is asked several times for each entry. */
    private static int utf8Length(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            // A surrogate is half of four bytes.
            if (unit >= 0x80) {
                length += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
            }
        }
        return length;
    }
}
