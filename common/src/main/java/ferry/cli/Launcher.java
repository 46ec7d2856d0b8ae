package ferry.cli;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Takes a program from its arguments to its exit status: options, then an immutable request, then the run, then a number. The
 * only place that ends the process.
 */
public final class Launcher {
    private static final String DEBUG_VARIABLE = "FERRY_DEBUG";
    private static final String INTERNAL_ERROR = "internal error: ";

    private final CommandLine commandLine;
    private final Program program;
    private final Console console;
    private final Map<String, String> environment;
    private final Supplier<Optional<Terminal>> terminal;

    Launcher(
            CommandLine commandLine,
            Program program,
            Console console,
            Map<String, String> environment,
            Supplier<Optional<Terminal>> terminal) {
        this.commandLine = commandLine;
        this.program = program;
        this.console = console;
        this.environment = environment;
        this.terminal = terminal;
    }

    /** Runs the program with these arguments and ends the process with its status; what {@code main} consists of. */
    public static void main(Program program, String... arguments) {
        CommandLine commandLine = commandLine(program);
        Console console = Console.system(commandLine.getCommandName());
        Map<String, String> environment = System.getenv();
        Launcher launcher =
                new Launcher(commandLine, program, console, environment, () -> Terminal.onStandardError(environment));
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> launcher.tellFaultOf(thread, fault));
        System.exit(launcher.run(arguments).code());
    }

    /** The parser for a program, set up as both programs want it. */
    static CommandLine commandLine(Program program) {
        CommandLine commandLine = new CommandLine(program);
        // A file may be called "@list": it is to be sent, not to be read for arguments.
        commandLine.setExpandAtFiles(false);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        return commandLine;
    }

    /**
     * Runs the program; everything that was to be printed has been. If standard output broke, the status is
     * {@link ExitStatus#LOCAL_FILE} instead of {@link ExitStatus#DONE}: what was done is done, but results are missing.
     */
    ExitStatus run(String... arguments) {
        ExitStatus status = parseAndRun(arguments);
        Optional<IOException> broken = console.brokenOutput();
        if (broken.isEmpty()) {
            return status;
        }
        console.error("standard output: " + broken.get().getMessage(), List.of());
        return status == ExitStatus.DONE ? ExitStatus.LOCAL_FILE : status;
    }

    private ExitStatus parseAndRun(String... arguments) {
        try {
            commandLine.parseArgs(arguments);
        } catch (ParameterException e) {
            return refuse(e);
        }
        if (program.common().wantsHelp()) {
            console.resultLines(commandLine.getUsageMessage(Ansi.OFF));
            return ExitStatus.DONE;
        }
        if (program.common().wantsVersion()) {
            console.resultLines(commandLine.getCommandName() + " (Ferry) " + Version.number() + "\n");
            return ExitStatus.DONE;
        }
        try {
            program.common().check();
            return run(program.prepare());
        } catch (TransferException e) {
            TransferException refusal = e.code() == ErrorCode.USAGE ? e.withHint(helpHint()) : e;
            console.error(refusal.what() + ": " + refusal.why(), refusal.hints());
            return refusal.code().exitStatus();
        }
    }

    private ExitStatus refuse(ParameterException refusal) {
        String message = String.valueOf(refusal.getMessage());
        console.error(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1), List.of());
        if (refusal instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            console.hint("did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?");
        }
        console.hint(helpHint());
        return ExitStatus.USAGE;
    }

    private ExitStatus run(Program.Job job) throws TransferException {
        Optional<Path> receipt = program.common().receipt();
        if (receipt.isEmpty()) {
            return run(job, Optional.empty());
        }
        try (ReceiptWriter writer = ReceiptWriter.open(receipt.get(), Clock.systemUTC(), this::tellBrokenReceipt)) {
            ExitStatus status = run(job, Optional.of(writer));
            return writer.isBroken() && status == ExitStatus.DONE ? ExitStatus.LOCAL_FILE : status;
        }
    }

    /** At once: a receiver's run may last for months. */
    private void tellBrokenReceipt(TransferException reason) {
        console.error(reason.what() + ": " + reason.why(), reason.hints());
    }

    private ExitStatus run(Program.Job job, Optional<ReceiptWriter> receipt) {
        Throwable fault;
        try (Reporter reporter = new Reporter(console, program.common(), terminal, receipt)) {
            try {
                return job.run(reporter);
            } catch (Throwable e) { // Whatever it is, it becomes an exit status.
                fault = e;
                reporter.on(stopped(e));
            }
        }
        if (wantsTrace(fault)) {
            printTrace(fault);
        }
        return fault instanceof TransferException e ? e.code().exitStatus() : ExitStatus.INTERNAL;
    }

    private TransferEvent.Stopped stopped(Throwable fault) {
        if (fault instanceof TransferException e) {
            return TransferEvent.Stopped.run(e);
        }
        List<String> hints = wantsTrace(fault)
                ? List.of()
                : List.of("try again with " + DEBUG_VARIABLE + "=1 set, and report what it prints");
        return new TransferEvent.Stopped(Optional.empty(), ErrorCode.INTERNAL, INTERNAL_ERROR + fault, hints);
    }

    /** A thread died of something that nobody foresaw; the others go on. */
    private void tellFaultOf(Thread thread, Throwable fault) {
        console.error(INTERNAL_ERROR + fault + " (in thread " + thread.getName() + ")", List.of());
        if (wantsTrace(fault)) {
            printTrace(fault);
        }
    }

    private boolean wantsTrace(Throwable fault) {
        boolean isOurs = !(fault instanceof TransferException);
        return environment.containsKey(DEBUG_VARIABLE)
                || (isOurs && program.common().verbosity() == Verbosity.VERBOSE);
    }

    private void printTrace(Throwable fault) {
        StringWriter trace = new StringWriter();
        fault.printStackTrace(new PrintWriter(trace));
        trace.toString().lines().map(line -> line.replace("\t", "    ")).forEach(console::line);
    }

    private String helpHint() {
        return commandLine.getCommandName() + " --help";
    }
}
