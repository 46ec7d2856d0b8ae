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
        return with(request, mode, request.action(), request.patience());
    }

    /** The same, but an authority of this file must have signed the receiver's certificate. */
    static SendRequest vouchedFor(SendRequest request, Path authority) {
        SendRequest.Mode mode =
                new SendRequest.Mode.Encrypted(TlsProvider.JDK, Optional.empty(), Optional.of(authority), Set.of());
        return with(request, mode, request.action(), request.patience());
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
        return with(request, request.mode(), request.action(), patience);
    }

    static SendRequest dryRun(SendRequest request) {
        return with(request, request.mode(), SendRequest.Action.LIST, request.patience());
    }

    /** The same, but it connects again so often, the first time after 50 to 100 ms. */
    static SendRequest retrying(SendRequest request, int most) {
        return retrying(request, new RetryPolicy(most, Duration.ofMillis(100)));
    }

    static SendRequest retrying(SendRequest request, RetryPolicy retries) {
        return new SendRequest(
                request.sources(),
                request.target(),
                request.mode(),
                request.action(),
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                request.patience(),
                request.sha256(),
                retries,
                request.fate(),
                request.streams(),
                request.placing());
    }

    /** The same over so many streams. */
    static SendRequest streaming(SendRequest request, Streams streams) {
        return new SendRequest(
                request.sources(),
                request.target(),
                request.mode(),
                request.action(),
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                request.patience(),
                request.sha256(),
                request.retries(),
                request.fate(),
                streams,
                request.placing());
    }

    /** The same, but content is compressed so. */
    static SendRequest compressing(SendRequest request, Compression compression) {
        return new SendRequest(
                request.sources(),
                request.target(),
                request.mode(),
                request.action(),
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                request.patience(),
                request.sha256(),
                request.retries(),
                request.fate(),
                request.streams(),
                request.placing(),
                compression);
    }

    /** The same, but what is there is removed here. */
    static SendRequest removing(SendRequest request) {
        return new SendRequest(
                request.sources(),
                request.target(),
                request.mode(),
                request.action(),
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                request.patience(),
                request.sha256(),
                request.retries(),
                SourceFate.REMOVE,
                request.streams(),
                request.placing());
    }

    /** The same, but all is to appear at once. */
    static SendRequest atomic(SendRequest request) {
        return new SendRequest(
                request.sources(),
                request.target(),
                request.mode(),
                request.action(),
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                request.patience(),
                request.sha256(),
                request.retries(),
                request.fate(),
                request.streams(),
                Placing.ALL_AT_ONCE);
    }

    private static SendRequest with(
            SendRequest request, SendRequest.Mode mode, SendRequest.Action action, Duration patience) {
        return new SendRequest(
                request.sources(),
                request.target(),
                mode,
                action,
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                patience,
                request.sha256(),
                request.retries(),
                request.fate(),
                request.streams(),
                request.placing());
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
                SourceFate.KEEP);
    }
}
