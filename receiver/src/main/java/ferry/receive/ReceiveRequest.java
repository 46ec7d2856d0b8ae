package ferry.receive;

import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * All that one run of {@code receive} is asked to do; immutable. Made without looking at the disk or the network.
 *
 * @param endpoints where to listen, at least one
 * @param maxSize most bytes of a transfer, and so of each file in it; empty for no limit
 * @param timeout how long a peer may be silent
 * @param grace how long running transfers may go on after the receiver was asked to stop; zero for not at all
 */
record ReceiveRequest(
        Destination destination,
        List<Endpoint> endpoints,
        Lifetime lifetime,
        AcceptOptions accept,
        OptionalLong maxSize,
        Duration timeout,
        Duration grace) {

    ReceiveRequest {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no endpoint");
        }
    }

    /** Where the files go. */
    sealed interface Destination {
        /**
         * A folder, which is created if there is none.
         *
         * @param sha256 whether the SHA-256 of each file is computed too
         */
        record Folder(
                Path directory, ConflictPolicy onConflict, SyncPolicy sync, boolean sha256, StagingOptions staging)
                implements Destination {}

        /** The process's standard output, for a single file. */
        record StandardOutput() implements Destination {}
    }

    /** When the receiver ends by itself. */
    enum Lifetime {
        UNTIL_STOPPED,
        /** After one connection that came to a transfer, with its status: what it has left cannot be gone on with. */
        ONE_ATTEMPT,
        /**
         * After one transfer, with its status; peers that came to none do not count. If its connection breaks, its sender may come
         * back for a while.
         */
        ONE_TRANSFER,
        /** After one transfer that came to its end, with its status; one that broke off may be tried again. */
        UNTIL_FINISHED
    }
}
