package ferry.send;

import ferry.event.TransferListener;
import ferry.event.TransferReport;
import ferry.net.RateLimiter;
import ferry.wire.OwnerId;
import ferry.wire.TransferId;
import java.util.Optional;

/**
 * What a session needs to know and to have besides its connection; the same for each session of a transfer.
 *
 * @param code if the two sides are to prove one to each other
 * @param entries what is to be sent, as the scan finds it; each is counted as found before it can be taken
 * @param leftovers what earlier sessions took and have no final answer for; comes before the entries
 * @param removal of sources that have durable receipts, if that is wanted
 * @param limiter before each write of content
 * @param report is told of each entry's final answer
 * @param listener for frames, notices and warnings, which need no book
 * @param further opens the connections of further streams
 */
record Transfer(
        TransferId id,
        OwnerId owner,
        SendRequest request,
        Optional<CodeExchange.Factory> code,
        ScanSource entries,
        Leftovers leftovers,
        SourceRemoval removal,
        RateLimiter limiter,
        TransferReport report,
        TransferListener listener,
        StreamConnector further) {

    /** With nobody who opens further streams. */
    Transfer(
            TransferId id,
            OwnerId owner,
            SendRequest request,
            Optional<CodeExchange.Factory> code,
            ScanSource entries,
            Leftovers leftovers,
            SourceRemoval removal,
            RateLimiter limiter,
            TransferReport report,
            TransferListener listener) {
        this(id, owner, request, code, entries, leftovers, removal, limiter, report, listener, StreamConnector.NONE);
    }
}
