package ferry.cli;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.trust.ConfigFolder;
import ferry.trust.Identity;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --fingerprint} asks for: tells the fingerprint of the identity that the program would have.
 *
 * @param files where the identity is; if empty it is the user's own, which is made if there is none yet
 */
public record FingerprintJob(Optional<CertificateFiles> files, Map<String, String> environment) implements Program.Job {
    public FingerprintJob {
        environment = Map.copyOf(environment);
    }

    /**
     * Tells it.
     *
     * @throws TransferException TRUST_FILE if no identity is kept, since no other run would have this key
     */
    @Override
    public ExitStatus run(TransferListener listener) throws TransferException {
        if (files.isEmpty() && ConfigFolder.locate(environment).isEmpty()) {
            throw new TransferException(
                            ErrorCode.TRUST_FILE,
                            "--fingerprint",
                            "neither HOME nor XDG_CONFIG_HOME is set, so each run has another key")
                    .withHint("set XDG_CONFIG_HOME to a folder that can be written to");
        }
        Identity own = IdentityReader.read(files, environment, listener);
        listener.on(new TransferEvent.OwnKey(own.fingerprint().toString()));
        return ExitStatus.DONE;
    }
}
