package ferry.send;

import ferry.cli.CommonOptions;
import ferry.cli.DurationConverter;
import ferry.cli.ExitStatusHelp;
import ferry.cli.FingerprintJob;
import ferry.cli.Launcher;
import ferry.cli.Program;
import ferry.cli.RateConverter;
import ferry.cli.SecretReader;
import ferry.cli.SecretSource;
import ferry.cli.Signals;
import ferry.entry.Glob;
import ferry.entry.Placing;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.AddressFamily;
import ferry.net.ConnectOptions;
import ferry.net.Endpoint;
import ferry.trust.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program {@code send}: its options, and how they become a {@link SendRequest}. Used by the main thread. */
@Command(
        name = "send",
        sortOptions = false,
        customSynopsis = "send [OPTION]... SOURCE... TARGET",
        description = {
            "Sends files and directories to a @|bold receive|@ on another machine, directly over TCP.",
            "When it exits with status 0, every byte is on the receiver's disk, checked, under its final name; if the "
                    + "receiver promises less, as with its --no-fsync or --stdout, a warning says so, and --classic "
                    + "promises nothing. Times and permissions are kept.",
            "All is encrypted by TLS 1.3. The key of a receiver is remembered when it is first met, in "
                    + "~/.config/ferry/known_receivers, and must be the same from then on."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "Send a file and a directory to the default port, " + Endpoint.DEFAULT_PORT + ":",
            "    send report.pdf photos/ host",
            "Send what a command writes, waiting up to a minute for the receiver:",
            "    tar -c . | send --wait 60s --name site.tar - host:4000",
            "See which files would go, and then send them at no more than 20 MB/s:",
            "    send --include '*.jpg' --exclude cache/ --dry-run photos host",
            "    send --include '*.jpg' --exclude cache/ --limit 20MB/s photos host",
            "Send to a receiver that has shown a code, which send asks for:",
            "    send --code report.pdf host",
        },
        modelTransformer = ExitStatusHelp.class)
public final class SendCommand implements Program {
    private static final String STANDARD_INPUT = "-";

    @Parameters(
            paramLabel = "SOURCE... TARGET",
            hideParamSyntax = true,
            arity = "0..*",
            description = {
                "SOURCE is a file, a directory with all that is in it, or @|bold -|@ for standard input. It arrives "
                        + "under its last name: a/b.txt as b.txt, photos/ as photos. A SOURCE that is a symbolic link "
                        + "is followed. What cannot be read fails alone; pipes, sockets and devices in directories are "
                        + "left out with a warning.",
                "TARGET is where receive listens: HOST, HOST:PORT, [IPV6]:PORT or unix:/PATH. The default port is "
                        + Endpoint.DEFAULT_PORT + "."
            })
    private List<String> operands = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "The name under which standard input arrives (default: " + Source.StandardInput.DEFAULT_NAME + ").")
    private @Nullable String name;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Send only what matches: files, links, and directories with all that is in them. Repeatable. "
                    + "*.jpg matches in any directory, raw/*.jpg in any directory raw, /photos/*.jpg from the top "
                    + "(the name of the SOURCE), cache/ directories only; ** matches across directories; ?, [a-z], "
                    + "[!a-z] and {a,b} are as in a shell. If nothing at all matches, send fails with status 3.")
    private List<String> includes = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "Leave out what matches, and of a directory all that is in it, even if it is included. "
                    + "Repeatable.")
    private List<String> excludes = List.of();

    @Option(
            names = "--links",
            paramLabel = "HOW",
            defaultValue = "keep",
            description = "What becomes of symbolic links in directories: keep sends them as links, skip leaves them "
                    + "out, follow sends what they point to (default: ${DEFAULT-VALUE}).")
    private Links links;

    @Option(names = "--dry-run", description = "Show what would be sent, and connect to nobody.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description = "If the receiver is not there, try again for this long: 60s, 5m, 1h (default: one try).")
    private Duration patience;

    @Option(
            names = "--remove-source",
            description = "Remove each file, link, and directory that is then empty, once the receiver has a synced "
                    + "copy and has said so, unless it has changed since it was read. What stays for another reason is "
                    + "told, and gives status 3, or 9 if others went.")
    private boolean removeSource;

    @Option(
            names = "--atomic",
            description =
                    "Let the one SOURCE, a directory, appear at the receiver all at once, or not at all. If anything of it "
                            + "fails, nothing appears, and the same command goes on later. If the receiver has something else of that "
                            + "name, this is refused; if it has the same tree, all is well.")
    private boolean atomic;

    @Option(
            names = "--retries",
            paramLabel = "N",
            defaultValue = RetryPolicy.DEFAULT_MOST,
            description =
                    "If the connection breaks, connect again and go on, up to N times in a row without progress; 0 "
                            + "for never (default: ${DEFAULT-VALUE}, which lasts 4 to 8 minutes). What comes from standard input "
                            + "cannot be sent again.")
    private int retries;

    @Option(
            names = "--retry-wait",
            paramLabel = "DURATION",
            defaultValue = RetryPolicy.DEFAULT_WAIT,
            converter = DurationConverter.class,
            description =
                    "How long to wait before the first of them (default: ${DEFAULT-VALUE}); the wait doubles each "
                            + "time, up to 30s, and up to half of it is left out by chance.")
    private Duration retryWait;

    @Option(
            names = "--limit",
            paramLabel = "RATE",
            converter = RateConverter.class,
            description = "Send at most so many bytes of content a second, as they go over the network, 1kB/s or more: "
                    + "500kB/s, 20MB/s, 1MiB/s.")
    private @Nullable Long limit;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = Streams.AUTO,
            description =
                    "How many connections to send over at once, 1 to 16, or auto: more than one where the way is long, as "
                            + "long as more of them move more (default: ${DEFAULT-VALUE}). -v tells why. With --sha256, or a --limit "
                            + "below 1 MB/s, there is one.")
    private String streams;

    @Option(
            names = "--compress",
            paramLabel = "HOW",
            defaultValue = Compression.DEFAULT,
            description =
                    "Whether content is compressed on its way: zstd for what gets smaller, none, or auto for zstd where "
                            + "that is faster, so on a slow network or with --limit (default: ${DEFAULT-VALUE}). -v tells why.")
    private Compression compression;

    @Option(names = "-4", description = "Use IPv4 only.")
    private boolean ipv4;

    @Option(names = "-6", description = "Use IPv6 only.")
    private boolean ipv6;

    @Mixin
    private ModeOptions modes;

    @Mixin
    private CommonOptions common;

    /** Runs {@code send} and ends the process. */
    public static void main(String... arguments) {
        // A receiver may move while send runs, and its name is looked up only to connect: what the JDK remembers would
        // be old.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Launcher.main(new SendCommand(), arguments);
    }

    @Override
    public CommonOptions common() {
        return common;
    }

    @Override
    public Job prepare() throws TransferException {
        Map<String, String> environment = System.getenv();
        if (modes.security().wantsFingerprint()) {
            return new FingerprintJob(modes.security().certificate(), environment);
        }
        SendRequest request = request(environment);
        SecretSource code = modes.security().secretSource();
        return listener -> {
            // Signals are caught later: while a person is asked for the code, Ctrl-C shall end the program as it always
            // does.
            Optional<Secret> secret =
                    request.provesCode() ? SecretReader.read(code, environment, listener) : Optional.empty();
            Sender sender = new Sender(request, environment, secret, SendSession::over, listener);
            Signals.onInterrupt(status ->
                    sender.cancel(status == ExitStatus.TERMINATED ? ErrorCode.TERMINATED : ErrorCode.INTERRUPTED));
            return sender.run();
        };
    }

    /**
     * What the options ask for. Pure; refuses what contradicts itself as {@link ErrorCode#USAGE}.
     *
     * @param environment may hold a code
     */
    SendRequest request(Map<String, String> environment) throws TransferException {
        if (operands.size() < 2) {
            throw usage(operands.isEmpty() ? "no source" : "no target", "expected SOURCE... TARGET")
                    .withHint("send report.pdf host");
        }
        List<Source> sources = sources(operands.subList(0, operands.size() - 1));
        Endpoint target = Endpoint.parseTarget(operands.getLast());
        SendRequest.Mode mode = modes.mode(environment);
        if (mode instanceof SendRequest.Mode.Classic) {
            requireClassic(sources, target);
        }
        if (removeSource) {
            requireRemovable(sources, mode);
        }
        if (atomic) {
            requireOneTree(sources, mode);
        }
        return new SendRequest(
                sources,
                target,
                mode,
                dryRun ? SendRequest.Action.LIST : SendRequest.Action.SEND,
                links,
                new EntryFilter(globs(includes), globs(excludes)),
                limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
                new ConnectOptions(common.timeout(), family()),
                patience,
                common.sha256(),
                retryPolicy(),
                removeSource ? SourceFate.REMOVE : SourceFate.KEEP,
                Streams.parse(streams),
                atomic ? Placing.ALL_AT_ONCE : Placing.ONE_BY_ONE,
                compression);
    }

    /** Whether it is a directory is found out later. */
    private static void requireOneTree(List<Source> sources, SendRequest.Mode mode) throws TransferException {
        if (mode instanceof SendRequest.Mode.Classic) {
            throw usage("--atomic and --classic", "the classic protocol sends a file, and no directory");
        }
        if (sources.size() > 1) {
            throw usage("--atomic", "expected one SOURCE, a directory, got %d".formatted(sources.size()))
                    .withHint("put them into one directory, and send that");
        }
        if (sources.getFirst() instanceof Source.StandardInput) {
            throw usage("--atomic", "expected a directory, got standard input");
        }
    }

    private void requireRemovable(List<Source> sources, SendRequest.Mode mode) throws TransferException {
        if (sources.stream().anyMatch(Source.StandardInput.class::isInstance)) {
            throw usage("--remove-source", "standard input cannot be removed");
        }
        if (mode instanceof SendRequest.Mode.Classic) {
            throw usage("--remove-source", "the classic protocol has no receipts, so nothing could ever be removed");
        }
        if (links == Links.FOLLOW) {
            throw usage("--remove-source and --links follow", "what a link leads to would be removed")
                    .withHint("keep the links, or leave them out: --links keep, --links skip");
        }
    }

    private RetryPolicy retryPolicy() throws TransferException {
        if (retries < 0) {
            throw usage("--retries " + retries, "expected a number of 0 or more");
        }
        if (!retryWait.isPositive()) {
            throw usage("--retry-wait", "expected a time longer than 0");
        }
        return new RetryPolicy(retries, retryWait);
    }

    private List<Source> sources(List<String> texts) throws TransferException {
        List<Source> sources = new ArrayList<>(texts.size());
        for (String text : texts) {
            sources.add(text.equals(STANDARD_INPUT) ? standardInput() : named(text));
        }
        long inputs = texts.stream().filter(STANDARD_INPUT::equals).count();
        if (inputs > 1) {
            throw usage("'-'", "standard input can be read only once");
        }
        if (inputs == 0 && name != null) {
            throw usage("--name", "it names standard input, which is not among the sources")
                    .withHint("send --name " + name + " - TARGET < FILE");
        }
        return sources;
    }

    private static Source named(String text) throws TransferException {
        if (text.isEmpty()) {
            // As a path it would be the current directory: a script's unset variable, not a wish.
            throw usage("empty source", "expected a file, a directory or '-'");
        }
        try {
            return new Source.Named(Path.of(text));
        } catch (InvalidPathException e) {
            throw usage(text, "no file can have this name in the current locale")
                    .withHint("set LC_ALL=C.UTF-8");
        }
    }

    private Source standardInput() throws TransferException {
        if (name == null) {
            return new Source.StandardInput(Source.StandardInput.DEFAULT_NAME);
        }
        try {
            if (RelativePath.parse(name).depth() > 1) {
                throw usage("--name " + name, "expected a name, got a path");
            }
            return new Source.StandardInput(name);
        } catch (TransferException e) {
            throw usage("--name " + name, e.why());
        }
    }

    private void requireClassic(List<Source> sources, Endpoint target) throws TransferException {
        if (target instanceof Endpoint.Unix) {
            throw usage("--classic", "a receiver on a Unix socket cannot tell a whole file from one that broke off")
                    .withHint("leave out --classic, or send to HOST:PORT");
        }
        if (compression == Compression.ZSTD) {
            throw usage("--compress zstd and --classic", "the classic protocol sends a file as it is");
        }
        if (sources.size() > 1) {
            throw usage("--classic", "it sends exactly one file, got %d sources".formatted(sources.size()));
        }
        if (!includes.isEmpty() || !excludes.isEmpty()) {
            throw usage("--classic", "it sends exactly one file, so there is nothing to include or exclude");
        }
    }

    private static List<Glob> globs(List<String> texts) throws TransferException {
        List<Glob> globs = new ArrayList<>(texts.size());
        for (String text : texts) {
            globs.add(Glob.parse(text));
        }
        return globs;
    }

    private AddressFamily family() throws TransferException {
        if (ipv4 && ipv6) {
            throw usage("-4 and -6", "expected at most one of them");
        }
        if (ipv4) {
            return AddressFamily.IPV4;
        }
        return ipv6 ? AddressFamily.IPV6 : AddressFamily.ANY;
    }

    private static TransferException usage(String what, String why) {
        return new TransferException(ErrorCode.USAGE, what, why);
    }
}
