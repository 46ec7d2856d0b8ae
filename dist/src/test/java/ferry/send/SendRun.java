package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;

/** {@code send} within the process of a test, where hundreds of runs take seconds. Stateless. */
public final class SendRun {
    private SendRun() {}

    /**
     * Runs it to its end.
     *
     * @param environment where its folders are
     * @param arguments taken by their text
     */
    public static ExitStatus of(Map<String, String> environment, TransferListener listener, Object... arguments) {
        SendCommand command = new SendCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        try {
            return new Sender(command.request(environment), environment, Optional.empty(), SendSession::over, listener)
                    .run();
        } catch (TransferException e) {
            listener.on(TransferEvent.Stopped.run(e));
            return e.code().exitStatus();
        } catch (RuntimeException e) {
            listener.on(
                    TransferEvent.Stopped.run(new TransferException(ErrorCode.INTERNAL, "send", String.valueOf(e), e)));
            return ExitStatus.INTERNAL;
        }
    }
}
