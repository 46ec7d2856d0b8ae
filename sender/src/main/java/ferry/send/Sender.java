package ferry.send;

import ferry.cli.IdentityReader;
import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Encryption;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferReport;
import ferry.net.Connection;
import ferry.net.RateLimiter;
import ferry.net.Security;
import ferry.trust.ConfigFolder;
import ferry.trust.Identity;
import ferry.trust.Secret;
import ferry.wire.OwnerId;
import ferry.wire.TransferId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run of {@code send}: looks at the sources, connects, and lets a session of the right protocol do the rest, again if
 * the receiver never answered. One thread runs it; any may cancel.
 */
final class Sender {
    private final SendRequest request;
    private final Map<String, String> environment;
    private final Optional<Secret> secret;
    private final TransferSession.Factory ferrySessions;
    private final TransferListener listener;
    private final TransferId id = TransferId.random();
    private final Cancellation cancellation = new Cancellation();

    /**
     * @param environment where the folders of state and configuration are looked for
     * @param secret the code that both sides are to prove, which needs TLS
     * @param ferrySessions the sessions of the Ferry protocol
     */
    Sender(
            SendRequest request,
            Map<String, String> environment,
            Optional<Secret> secret,
            TransferSession.Factory ferrySessions,
            TransferListener listener) {
        this.request = request;
        this.environment = environment;
        this.secret = secret;
        this.ferrySessions = ferrySessions;
        this.listener = listener;
    }

    /**
     * Does what was asked; once.
     *
     * @return what the answers for the entries add up to, or the status of what ended the transfer early, which was told
     * @throws TransferException if it ended before a transfer began
     */
    ExitStatus run() throws TransferException {
        SourceCheck sources = SourceCheck.of(request.sources());
        requireAny(sources);
        if (request.fate() == SourceFate.REMOVE) {
            requireNoLinks();
        }
        if (request.placing() == Placing.ALL_AT_ONCE) {
            requireDirectory(sources.roots().getFirst());
        }
        try {
            return switch (request.action()) {
                case LIST -> list(sources);
                case SEND ->
                    switch (request.mode()) {
                        case SendRequest.Mode.Encrypted mode -> sendEncrypted(sources, mode);
                        case SendRequest.Mode.Plain _ -> sendPlain(sources);
                        case SendRequest.Mode.Classic _ -> sendByClassic(sources);
                    };
            };
        } catch (InterruptedException e) {
            throw cancellation.reason(request.target().toString());
        }
    }

    /**
     * Ends the run soon and politely, from any thread and without blocking.
     *
     * @param why {@link ErrorCode#INTERRUPTED} or {@link ErrorCode#TERMINATED}
     */
    void cancel(ErrorCode why) {
        cancellation.cancel(why);
    }

    /** Without anything to send nobody is connected to; the last failure is the run's. */
    private void requireAny(SourceCheck sources) throws TransferException {
        if (!sources.roots().isEmpty()) {
            return;
        }
        List<SourceCheck.Failure> failures = sources.failures();
        for (SourceCheck.Failure failure : failures.subList(0, failures.size() - 1)) {
            listener.on(new TransferEvent.Warning(
                    failure.source() + ": " + failure.cause().why(),
                    failure.cause().hints()));
        }
        throw failures.getLast().cause();
    }

    /** What a link on the command line leads to is sent, and nobody can mean to lose that. */
    private void requireNoLinks() throws TransferException {
        for (Source source : request.sources()) {
            if (source instanceof Source.Named(Path path) && Files.isSymbolicLink(path)) {
                throw new TransferException(
                                ErrorCode.USAGE,
                                "--remove-source",
                                "%s is a symbolic link, and what it leads to would be removed".formatted(path))
                        .withHint("name what it leads to");
            }
        }
    }

    /** Nothing but a directory can be more than one entry. */
    private static void requireDirectory(Root root) throws TransferException {
        boolean isDirectory =
                root instanceof Root.Found found && found.attributes().isDirectory();
        if (!isDirectory) {
            throw new TransferException(
                            ErrorCode.USAGE, "--atomic", "expected a directory, '%s' is none".formatted(root.name()))
                    .withHint("leave out --atomic: a single file always appears at once");
        }
    }

    private ExitStatus list(SourceCheck sources) throws TransferException {
        if (request.mode() instanceof SendRequest.Mode.Classic) {
            ClassicSource.open(sources.roots()).close();
        }
        return new DryRun(request, id.toString(), listener, cancellation::cause)
                .run(sources, request.mode().protocol());
    }

    /** The key is the owner, so that it needs no number. */
    private ExitStatus sendEncrypted(SourceCheck sources, SendRequest.Mode.Encrypted mode)
            throws TransferException, InterruptedException {
        Identity identity = IdentityReader.read(mode.certificate(), environment, listener);
        Introduction introduction =
                Introduction.prepare(request, mode, identity, ConfigFolder.locate(environment), secret, listener);
        return sendByFerry(sources, introduction, OwnerId.NONE, introduction.code());
    }

    private ExitStatus sendPlain(SourceCheck sources) throws TransferException, InterruptedException {
        return sendByFerry(sources, ReceiverConnector.Protection.NONE, owner(), Optional.empty());
    }

    private ExitStatus sendByFerry(
            SourceCheck sources,
            ReceiverConnector.Protection protection,
            OwnerId owner,
            Optional<CodeExchange.Factory> code)
            throws TransferException, InterruptedException {
        ReceiverConnector connector = new ReceiverConnector(request, protection, cancellation, listener);
        Connection connection = connector.connect();
        TransferReport report = begin(connection, sources);
        try (Scan scan = Scan.start(request, sources.roots(), report, listener);
                Leftovers leftovers = new Leftovers();
                SourceRemoval removal = new SourceRemoval(report, listener)) {
            Transfer transfer = new Transfer(
                    id,
                    owner,
                    request,
                    code,
                    scan.entries(),
                    leftovers,
                    removal,
                    RateLimiter.of(request.bytesPerSecond()),
                    report,
                    listener,
                    connector::connectFurther);
            return run(
                    connector,
                    connection,
                    report,
                    next -> ferrySessions.over(next, transfer),
                    scan::close,
                    removal::finish);
        }
    }

    private ExitStatus sendByClassic(SourceCheck sources) throws TransferException, InterruptedException {
        try (ClassicSource source = ClassicSource.open(sources.roots())) {
            ReceiverConnector connector =
                    new ReceiverConnector(request, ReceiverConnector.Protection.NONE, cancellation, listener);
            Connection connection = connector.connect();
            TransferReport report = begin(connection, sources);
            listener.on(new TransferEvent.Warning(
                    source.entry().path() + ": the classic protocol has no checksum, so what arrives is unverified"));
            report.progress().found(source.entry());
            report.progress().allFound();
            RateLimiter limiter = RateLimiter.of(request.bytesPerSecond());
            return run(
                    connector,
                    connection,
                    report,
                    next -> new ClassicSender(next, source, request.timeout(), limiter, request.sha256(), report),
                    () -> {},
                    () -> {});
        }
    }

    private TransferReport begin(Connection connection, SourceCheck sources) {
        TransferReport report = report(connection.peer());
        switch (connection.security()) {
            case Security.Tls tls ->
                report.started(
                        Optional.of(new Encryption(tls.description(), tls.peer().toString())));
            case Security.None _ -> {
                report.started(Optional.empty());
                tellThatAllCanRead(connection);
            }
        }
        tellFailures(sources, report);
        return report;
    }

    private void tellThatAllCanRead(Connection connection) {
        listener.on(
                connection.isLocal()
                        ? new TransferEvent.Notice("not encrypted, but it stays on this machine")
                        : TransferEvent.Warning.ofSecurity(
                                "not encrypted: whoever is between here and %s can read and change it"
                                        .formatted(connection.peer())));
    }

    private TransferReport report(String peer) {
        return new TransferReport(id.toString(), peer, request.mode().protocol(), Direction.OUTGOING, listener);
    }

    private static void tellFailures(SourceCheck sources, TransferReport report) {
        for (SourceCheck.Failure failure : sources.failures()) {
            report.failedBeforeOffer(
                    failure.source(), failure.cause().code(), failure.cause().why());
        }
    }

    /**
     * @param silence sees to it that nobody else tells anything of the transfer, which is about to be finished
     * @param whenComplete what remains to be done once all has a final answer
     */
    private ExitStatus run(
            ReceiverConnector connector,
            Connection first,
            TransferReport report,
            SessionSequence.Sessions sessions,
            Runnable silence,
            Runnable whenComplete) {
        try {
            Bottleneck limitedBy;
            try {
                limitedBy =
                        new SessionSequence(connector, cancellation, report, request.retries(), sessions).run(first);
            } finally {
                silence.run();
            }
            requireAnswers(report);
            whenComplete.run();
            return report.finished(limitedBy);
        } catch (TransferException e) {
            return report.stopped(explained(e), Bottleneck.NONE);
        } catch (InterruptedException e) {
            return report.stopped(explained(cancellation.reason(first.peer())), Bottleneck.NONE);
        }
    }

    /** Somebody has stopped it who may want to go on later. */
    private TransferException explained(TransferException end) {
        boolean isStopped = Set.of(ErrorCode.INTERRUPTED, ErrorCode.TERMINATED, ErrorCode.PEER_STOPPED)
                .contains(end.code());
        boolean canGoOn = request.mode().protocol() == Protocol.FERRY
                && request.sources().stream().noneMatch(Source.StandardInput.class::isInstance);
        return isStopped && canGoOn ? end.withHint(SessionSequence.HOW_TO_GO_ON) : end;
    }

    /** Whatever may be wrong in here: nobody is told that all was sent while an entry is missing. */
    private static void requireAnswers(TransferReport report) throws TransferException {
        long unanswered = report.progress().unanswered();
        if (unanswered != 0) {
            throw new TransferException(
                    ErrorCode.INTERNAL, "transfer", "%d entries have no final answer".formatted(unanswered));
        }
    }

    private OwnerId owner() {
        Optional<StateFolder> folder = StateFolder.locate(environment);
        if (folder.isEmpty()) {
            return OwnerId.NONE;
        }
        try {
            return folder.get().owner();
        } catch (IOException e) {
            listener.on(new TransferEvent.Warning(
                    "no owner id, so the receiver keeps nothing of a broken transfer: " + e.getMessage()));
            return OwnerId.NONE;
        }
    }
}
