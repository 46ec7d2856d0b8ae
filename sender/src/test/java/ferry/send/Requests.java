package ferry.send;

import ferry.net.AddressFamily;
import ferry.net.ConnectOptions;
import ferry.net.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Requests as the tests want them. */
final class Requests {
    static final Duration LONG = Duration.ofSeconds(20);

    private Requests() {}

    static SendRequest ferry(Endpoint target, Path... sources) {
        return request(target, SendRequest.Mode.FERRY, SendRequest.Action.SEND, LONG, Duration.ZERO, sources);
    }

    static SendRequest ferry(Endpoint target, Duration timeout, Path... sources) {
        return request(target, SendRequest.Mode.FERRY, SendRequest.Action.SEND, timeout, Duration.ZERO, sources);
    }

    static SendRequest classic(Endpoint target, Path... sources) {
        return classic(target, LONG, sources);
    }

    static SendRequest classic(Endpoint target, Duration timeout, Path... sources) {
        return request(target, SendRequest.Mode.CLASSIC, SendRequest.Action.SEND, timeout, Duration.ZERO, sources);
    }

    /** The same, but it tries again for long. */
    static SendRequest waiting(SendRequest request) {
        return with(request, request.action(), LONG);
    }

    static SendRequest dryRun(SendRequest request) {
        return with(request, SendRequest.Action.LIST, request.patience());
    }

    private static SendRequest with(SendRequest request, SendRequest.Action action, Duration patience) {
        return new SendRequest(
                request.sources(),
                request.target(),
                request.mode(),
                action,
                request.links(),
                request.filter(),
                request.bytesPerSecond(),
                request.connect(),
                patience);
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
                patience);
    }
}
