package ferry.send;

import ferry.entry.Placing;
import ferry.net.AddressFamily;
import ferry.net.ConnectOptions;
import ferry.net.Endpoint;
import ferry.net.TlsProvider;
import ferry.trust.KeyFingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Requests as the tests want them. */
final class Requests {
    static final Duration LONG = Duration.ofSeconds(20);

    private static final RetryPolicy NO_RETRIES = new RetryPolicy(0, Duration.ofSeconds(1));

    private static final SendRequest.Mode PLAIN = new SendRequest.Mode.Plain();
    private static final SendRequest.Mode.Encrypted ENCRYPTED =
            new SendRequest.Mode.Encrypted(TlsProvider.JDK, Optional.empty(), Optional.empty(), Set.of());

    private Requests() {}

    static SendRequest encrypted(Endpoint target, Path... sources) {
        return encrypted(target, LONG, sources);
    }

    static SendRequest encrypted(Endpoint target, Duration timeout, Path... sources) {
        return request(target, ENCRYPTED, SendRequest.Action.SEND, timeout, Duration.ZERO, sources);
    }

    /** The same, but the receiver must have this key. */
    static SendRequest pinned(SendRequest request, KeyFingerprint pin) {
        SendRequest.Mode mode =
                new SendRequest.Mode.Encrypted(TlsProvider.JDK, Optional.empty(), Optional.empty(), Set.of(pin));
        Draft draft = new Draft(request);
        draft.mode = mode;
        return draft.made();
    }

    /** The same, but an authority of this file must have signed the receiver's certificate. */
    static SendRequest vouchedFor(SendRequest request, Path authority) {
        SendRequest.Mode mode =
                new SendRequest.Mode.Encrypted(TlsProvider.JDK, Optional.empty(), Optional.of(authority), Set.of());
        Draft draft = new Draft(request);
        draft.mode = mode;
        return draft.made();
    }

    static SendRequest ferry(Endpoint target, Path... sources) {
        return request(target, PLAIN, SendRequest.Action.SEND, LONG, Duration.ZERO, sources);
    }

    static SendRequest ferry(Endpoint target, Duration timeout, Path... sources) {
        return request(target, PLAIN, SendRequest.Action.SEND, timeout, Duration.ZERO, sources);
    }

    static SendRequest classic(Endpoint target, Path... sources) {
        return classic(target, LONG, sources);
    }

    static SendRequest classic(Endpoint target, Duration timeout, Path... sources) {
        return request(
                target, new SendRequest.Mode.Classic(), SendRequest.Action.SEND, timeout, Duration.ZERO, sources);
    }

    /** The same, but it tries again for long. */
    static SendRequest waiting(SendRequest request) {
        return trying(request, LONG);
    }

    /** The same, but it tries again for so long. */
    static SendRequest trying(SendRequest request, Duration patience) {
        Draft draft = new Draft(request);
        draft.patience = patience;
        return draft.made();
    }

    static SendRequest dryRun(SendRequest request) {
        Draft draft = new Draft(request);
        draft.action = SendRequest.Action.LIST;
        return draft.made();
    }

    /** The same, but it connects again so often, the first time after 50 to 100 ms. */
    static SendRequest retrying(SendRequest request, int most) {
        return retrying(request, new RetryPolicy(most, Duration.ofMillis(100)));
    }

    static SendRequest retrying(SendRequest request, RetryPolicy retries) {
        Draft draft = new Draft(request);
        draft.retries = retries;
        return draft.made();
    }

    /** The same over so many streams. */
    static SendRequest streaming(SendRequest request, Streams streams) {
        Draft draft = new Draft(request);
        draft.streams = streams;
        return draft.made();
    }

    /** The same, but content is compressed so. */
    static SendRequest compressing(SendRequest request, Compression compression) {
        Draft draft = new Draft(request);
        draft.compression = compression;
        return draft.made();
    }

    /** The same, but what is there is removed here. */
    static SendRequest removing(SendRequest request) {
        Draft draft = new Draft(request);
        draft.fate = SourceFate.REMOVE;
        return draft.made();
    }

    /** The same, but all is to appear at once. */
    static SendRequest atomic(SendRequest request) {
        Draft draft = new Draft(request);
        draft.placing = Placing.ALL_AT_ONCE;
        return draft.made();
    }

    /** The same, but its sources pass through this filter, and go there. */
    static SendRequest filtered(SendRequest request, EntryFilter filter, Endpoint target) {
        Draft draft = new Draft(request);
        draft.filter = filter;
        draft.target = target;
        return draft.made();
    }

    private static SendRequest request(
            Endpoint target,
            SendRequest.Mode mode,
            SendRequest.Action action,
            Duration timeout,
            Duration patience,
            Path... sources) {
        List<Source> named = Stream.of(sources).<Source>map(Source.Named::new).toList();
        return new SendRequest(
                named,
                target,
                mode,
                action,
                Links.KEEP,
                EntryFilter.EVERYTHING,
                OptionalLong.empty(),
                new ConnectOptions(timeout, AddressFamily.ANY),
                patience,
                false,
                NO_RETRIES,
                SourceFate.KEEP,
                Streams.ONE,
                Placing.ONE_BY_ONE,
                Compression.NONE);
    }

    /** A request of which some parts are exchanged. */
    private static final class Draft {
        private final SendRequest like;
        private Endpoint target;
        private SendRequest.Mode mode;
        private SendRequest.Action action;
        private EntryFilter filter;
        private Duration patience;
        private RetryPolicy retries;
        private SourceFate fate;
        private Streams streams;
        private Placing placing;
        private Compression compression;

        Draft(SendRequest like) {
            this.like = like;
            target = like.target();
            mode = like.mode();
            action = like.action();
            filter = like.filter();
            patience = like.patience();
            retries = like.retries();
            fate = like.fate();
            streams = like.streams();
            placing = like.placing();
            compression = like.compression();
        }

        SendRequest made() {
            return new SendRequest(
                    like.sources(),
                    target,
                    mode,
                    action,
                    like.links(),
                    filter,
                    like.bytesPerSecond(),
                    like.connect(),
                    patience,
                    like.sha256(),
                    retries,
                    fate,
                    streams,
                    placing,
                    compression);
        }
    }
}
