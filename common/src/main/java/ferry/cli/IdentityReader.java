package ferry.cli;

import ferry.error.TransferException;
import ferry.event.TransferEvent.Warning;
import ferry.event.TransferListener;
import ferry.trust.ConfigFolder;
import ferry.trust.Identity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fetches the identity that the options name. Used by the main thread. */
public final class IdentityReader {
    private IdentityReader() {}

    /**
     * The identity in these files, else the user's own, which is made if there is none yet.
     *
     * @param listener hears a warning where the environment names no folder to keep an identity in
     * @throws TransferException as {@link Identity#of} and {@link Identity#ofPem} do
     */
    public static Identity read(
            Optional<CertificateFiles> files, Map<String, String> environment, TransferListener listener)
            throws TransferException {
        if (files.isPresent()) {
            return Identity.ofPem(files.get().certificate(), files.get().key());
        }
        Optional<ConfigFolder> folder = ConfigFolder.locate(environment);
        if (folder.isEmpty()) {
            listener.on(new Warning(
                    "neither HOME nor XDG_CONFIG_HOME is set: this key is for this run alone, and no key is remembered",
                    List.of("set XDG_CONFIG_HOME to a folder that can be written to")));
        }
        return Identity.of(folder);
    }
}
