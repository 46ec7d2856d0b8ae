package ferry.cli;

import ferry.error.ExitStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Puts the exit statuses below a command's help and into its manual page: {@code @Command(modelTransformer =
 * ExitStatusHelp.class)}. Made from {@link ExitStatus}, so that they cannot drift apart.
 */
public final class ExitStatusHelp implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec command) {
        Map<String, String> statuses = new LinkedHashMap<>();
        for (ExitStatus status : ExitStatus.values()) {
            statuses.put(Integer.toString(status.code()), meaning(status));
        }
        command.usageMessage().exitCodeListHeading("%nExit status:%n");
        command.usageMessage().exitCodeList(statuses);
        return command;
    }

    /** One line for people. */
    static String meaning(ExitStatus status) {
        return switch (status) {
            case DONE -> "done; receive: also when it stopped as asked";
            case INTERNAL -> "internal error: a fault of the program";
            case USAGE -> "usage: the command line is wrong";
            case LOCAL_FILE -> "a local file or folder cannot be read or used";
            case NETWORK -> "network: the peer cannot be reached, or was lost";
            case ACCESS -> "identity or access: one side does not let the other in";
            case PROTOCOL -> "protocol: the peer does not keep to it, or has another version";
            case INTEGRITY -> "integrity: what arrived is not what was sent";
            case REFUSED -> "refused by the receiver, or a different file is there";
            case PARTIAL -> "only some entries failed, or for different causes";
            case INTERRUPTED -> "interrupted (SIGINT)";
            case TERMINATED -> "terminated (SIGTERM)";
        };
    }
}
