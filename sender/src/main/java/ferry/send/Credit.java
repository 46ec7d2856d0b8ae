package ferry.send;

import ferry.entry.Entry;
import ferry.send.Work.Manner;
import ferry.wire.Limits;

/** What the receiver lets the sender send unasked (docs/PROTOCOL.md, section 6). Guarded by the {@link Ledger}'s lock. */
final class Credit {
    /** An OFFER frame without its path and target takes less than this. */
    private static final int OFFER_BYTES = 64;

    private static final int MOST_UTF8_BYTES_PER_CHAR = 3;

    private int entries = Limits.CREDIT_BEFORE_WELCOME;
    private long offerBytes = Limits.OFFER_BYTES_BEFORE_WELCOME;
    private long eagerBytes = Limits.MAX_EAGER_BYTES;

    /** WELCOME is here. */
    void grant(int granted) {
        entries = granted;
        offerBytes = Long.MAX_VALUE;
    }

    /** The first answer to an offer is here, so that the receiver is known to take content. */
    void answered() {
        eagerBytes = Long.MAX_VALUE;
    }

    boolean allows(int inFlight, Entry next) {
        return inFlight < entries && offerBytes >= bytesOf(next);
    }

    /** Takes what the offer costs, and says whether the content may go with it. */
    Manner take(Entry next) {
        if (offerBytes != Long.MAX_VALUE) {
            offerBytes -= bytesOf(next);
        }
        long size = next instanceof Entry.File file ? file.size().orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
        if (size > Limits.MAX_EAGER_FILE || size > eagerBytes) {
            return Manner.ALONE;
        }
        if (eagerBytes != Long.MAX_VALUE) {
            eagerBytes -= size;
        }
        return Manner.WITH_CONTENT;
    }

    /** No less than what the frame will take. */
    private static long bytesOf(Entry entry) {
        int chars = entry.path().toString().length();
        if (entry instanceof Entry.Link link) {
            chars += link.target().toString().length();
        }
        return OFFER_BYTES + (long) MOST_UTF8_BYTES_PER_CHAR * chars;
    }
}
