package ferry.receive;

import ferry.cli.CommonOptions;
import ferry.cli.DurationConverter;
import ferry.cli.ExitStatusHelp;
import ferry.cli.FingerprintJob;
import ferry.cli.Launcher;
import ferry.cli.Program;
import ferry.cli.SecretSource;
import ferry.cli.Signals;
import ferry.cli.SizeConverter;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program {@code receive}: its options, and how they become a {@link ReceiveRequest}. Used by the main thread. */
@Command(
        name = "receive",
        sortOptions = false,
        customSynopsis = "receive [OPTION]...",
        description = {
            "Listens for @|bold send|@ on other machines, and puts what they send into a folder, directly over TCP.",
            "A file appears under its name only when it is complete, checked and synced to the disk. Any number of "
                    + "senders are served at once. What comes from Ferry is encrypted; whoever reaches the port may send "
                    + "unless --code or --allow says who."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nStopping:%n",
        footer = {
            "The first SIGINT (Ctrl-C) or SIGTERM ends the listening and lets running transfers finish; if all do so "
                    + "within the grace time, the exit status is 0. Those that do not are aborted, and the status is "
                    + "130 or 143, as also when --once saw no transfer. A second signal stops at once.",
            "",
            "Examples:",
            "Receive into the folder out, on the default port, " + Endpoint.DEFAULT_PORT + ", of every address:",
            "    receive --dir out",
            "Receive one transfer, and go on only if all of it arrived:",
            "    receive --once --dir out && ls out",
            "Unpack what another machine packs:",
            "    receive --stdout | tar -x",
            "Take one transfer, from whoever knows the code that is shown:",
            "    receive --code --dir out",
            "Listen where only this machine can connect, on a port that is free:",
            "    receive --listen localhost:0 --listen unix:/run/user/1000/ferry.sock",
        },
        modelTransformer = ExitStatusHelp.class)
public final class ReceiveCommand implements Program {
    private static final Endpoint EVERYWHERE = new Endpoint.Tcp(Endpoint.ANY_HOST, Endpoint.DEFAULT_PORT);

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Where the files go (default: the current folder). It is created if it is not there.")
    private @Nullable String directory;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            description =
                    "Where to listen; also ADDRESS, :PORT, [IPV6]:PORT or unix:/PATH. Port 0 lets the system choose "
                            + "one, which is shown (with --quiet only as --json). Repeatable (default: every address, port "
                            + Endpoint.DEFAULT_PORT
                            + ").")
    private List<String> endpoints = List.of();

    @Option(
            names = "--once",
            description = "Exit after one transfer, with its status. Who comes meanwhile is refused as busy; peers "
                    + "that were refused, and scans, do not count. A transfer all of whose files were refused does. If "
                    + "its connection breaks, its sender may come back for ten times --timeout, an hour at most.")
    private boolean once;

    @Option(
            names = "--stdout",
            description = "Write the content of a single file to standard output, and exit as with --once. It cannot "
                    + "be combined with --json.")
    private boolean stdout;

    @Option(
            names = "--on-conflict",
            paramLabel = "HOW",
            description = "What becomes of a file whose name a different one has: rename gives it a number, overwrite "
                    + "replaces the other, skip and fail refuse it (default: rename). What is the same is left alone.")
    private @Nullable ConflictPolicy onConflict;

    @Option(
            names = "--verify",
            paramLabel = "FILE",
            description =
                    "Receive nothing: read again what is in the folder, and show what rotted, changed or went missing "
                            + "since --receipt FILE was written, here or at the sender. The exit status is 7 if anything did.")
    private @Nullable Path verify;

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Take no transfer larger than this, and so no file either: 500MB, 1.5GiB (default: no limit).")
    private @Nullable Long maxSize;

    @Option(
            names = "--no-fsync",
            description = "Do not wait until files are on the disk. Faster, but a crash may lose what was received.")
    private boolean noFsync;

    @Mixin
    private StagingSettings staging;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Serve at most so many transfers at once, fewer if file handles are scarce. When all places "
                    + "are taken, who hardly moves gives way to who comes; else more are refused as busy "
                    + "(default: ${DEFAULT-VALUE}).")
    private int maxConnections;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "1024",
            description = "How many connections the system may queue before they are accepted; it may cut this "
                    + "(default: ${DEFAULT-VALUE}).")
    private int backlog;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long running transfers may go on after a signal to stop: 0s, 30s, 5m "
                    + "(default: ${DEFAULT-VALUE}).")
    private Duration grace;

    @Mixin
    private AccessOptions access;

    @Mixin
    private CommonOptions common;

    /** Runs {@code receive} and ends the process. */
    public static void main(String... arguments) {
        Launcher.main(new ReceiveCommand(), arguments);
    }

    @Override
    public CommonOptions common() {
        return common;
    }

    @Override
    public Job prepare() throws TransferException {
        if (verify != null) {
            return verification(verify);
        }
        if (staging.wantsList() && !stdout) {
            return new PartialList(directory());
        }
        ReceiveRequest request = request();
        AccessRequest who = access();
        if (access.security().wantsFingerprint()) {
            return new FingerprintJob(who.certificate(), System.getenv());
        }
        return listener -> {
            PreparedAccess prepared = new AccessPreparation(who, System.getenv(), listener).run();
            Receiver receiver =
                    new Receiver(request, prepared, new FileOutputStream(FileDescriptor.out).getChannel(), listener);
            Signals.onInterrupt(receiver::stop);
            return receiver.run();
        };
    }

    private ReceiptCheck verification(Path receipt) throws TransferException {
        if (common.receipt().isPresent()) {
            throw usage("--verify and --receipt", "nothing is received, so there is no receipt to write");
        }
        return new ReceiptCheck(receipt, directory());
    }

    /** Who may send, as the options say. Pure; refuses what contradicts itself as {@link ErrorCode#USAGE}. */
    AccessRequest access() throws TransferException {
        AccessRequest request = access.request();
        if (request.code() instanceof SecretSource.Bare && common.isQuiet() && !common.json()) {
            throw usage("--code and --quiet", "nobody would see the code that is made")
                    .withHint("receive --code-file FILE");
        }
        return request;
    }

    /** What the options ask for. Pure; refuses what contradicts itself as {@link ErrorCode#USAGE}. */
    ReceiveRequest request() throws TransferException {
        if (maxSize != null && maxSize == 0) {
            throw usage("--max-size", "expected more than nothing");
        }
        return new ReceiveRequest(
                stdout ? standardOutput() : folder(),
                endpoints(),
                once || stdout ? ReceiveRequest.Lifetime.ONE_TRANSFER : ReceiveRequest.Lifetime.UNTIL_STOPPED,
                new AcceptOptions(
                        atLeastOne("--backlog", backlog),
                        atLeastOne("--max-connections", maxConnections),
                        AcceptOptions.DEFAULT.handlesPerConnection()),
                maxSize == null ? OptionalLong.empty() : OptionalLong.of(maxSize),
                common.timeout(),
                grace);
    }

    private ReceiveRequest.Destination standardOutput() throws TransferException {
        if (common.json()) {
            throw usage("--stdout and --json", "both would write to standard output");
        }
        if (common.sha256()) {
            throw usage("--stdout and --sha256", "both would write to standard output")
                    .withHint("receive --stdout | tee FILE | sha256sum");
        }
        Optional<String> option = aboutFolders();
        if (option.isPresent()) {
            throw usage(option.get(), "it is about a folder, and --stdout writes to none");
        }
        return new ReceiveRequest.Destination.StandardOutput();
    }

    private Optional<String> aboutFolders() {
        if (directory != null) {
            return Optional.of("--dir");
        }
        if (onConflict != null) {
            return Optional.of("--on-conflict");
        }
        return noFsync ? Optional.of("--no-fsync") : staging.given();
    }

    private ReceiveRequest.Destination folder() throws TransferException {
        return new ReceiveRequest.Destination.Folder(
                directory(),
                onConflict == null ? ConflictPolicy.RENAME : onConflict,
                noFsync ? SyncPolicy.NO_FSYNC : SyncPolicy.FSYNC,
                common.sha256(),
                staging.options());
    }

    private Path directory() throws TransferException {
        if (directory == null) {
            return Path.of(".");
        }
        if (directory.isEmpty()) {
            // As a path it would be the current folder: a script's unset variable, not a wish.
            throw usage("--dir", "expected a folder, it is empty").withHint("receive --dir .");
        }
        try {
            return Path.of(directory);
        } catch (InvalidPathException e) {
            throw usage("--dir " + directory, "no folder can have this name in the current locale")
                    .withHint("set LC_ALL=C.UTF-8");
        }
    }

    private List<Endpoint> endpoints() throws TransferException {
        if (endpoints.isEmpty()) {
            return List.of(EVERYWHERE);
        }
        List<Endpoint> parsed = new ArrayList<>(endpoints.size());
        for (String text : endpoints) {
            parsed.add(Endpoint.parseListening(text));
        }
        return parsed;
    }

    private static int atLeastOne(String option, int number) throws TransferException {
        if (number < 1) {
            throw usage(option, "expected at least 1, got " + number);
        }
        return number;
    }

    private static TransferException usage(String what, String why) {
        return new TransferException(ErrorCode.USAGE, what, why);
    }
}
