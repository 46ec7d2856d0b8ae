package ferry.trust;

import ferry.error.FileReason;
import ferry.error.TransferException;
import ferry.trust.TrustFile.Exposure;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;

/**
 * {@code identity.pem}: a user's private key (PKCS#8) and its certificate, with mode 0600. Made once, whole or not at all, and
 * never written again, by any number of processes at once.
 *
 * <p>PEM and not a PKCS#12 key store, since every run reads it: to open a key store takes some 150 ms of a processor.
 */
final class IdentityFile {
    private static final String NAME = "identity.pem";

    private final ConfigFolder folder;
    private final Keytool keytool;
    private final Path file;

    IdentityFile(ConfigFolder folder, Keytool keytool) {
        this.folder = folder;
        this.keytool = keytool;
        this.file = folder.path().resolve(NAME);
    }

    Identity identity() throws TransferException {
        Optional<Identity> found = load();
        if (found.isEmpty()) {
            return make();
        }
        PrivateFiles.removeOldDrafts(file);
        return found.get();
    }

    private Identity make() throws TransferException {
        try (FolderLock lock = FolderLock.take(folder)) {
            Optional<Identity> found = load();
            if (found.isPresent()) {
                // Another process was faster.
                return found.get();
            }
            if (lock.keepsProcessesAway()) {
                Keytool.removeDrafts(folder.path());
            }
            PrivateFiles.create(file, write(keytool.make(folder.path())));
        } catch (IOException e) {
            throw TrustFile.unusable(file, "it cannot be made: " + FileReason.of(e), e)
                    .withHint("set XDG_CONFIG_HOME to a folder that can be written to");
        }
        return load().orElseThrow(() -> TrustFile.unusable(file, "it was removed when it had just been made"));
    }

    private Optional<Identity> load() throws TransferException {
        Optional<String> text = TrustFile.readIfThere(file, Exposure.PRIVATE);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PemIdentity.parse(text.get(), text.get()));
        } catch (IllegalArgumentException e) {
            throw TrustFile.unusable(file, "expected a private key and its certificate: " + e.getMessage(), e)
                    .withHint("bring it back from a backup; or mv " + file + " " + file
                            + ".broken, and a new one is made, which no peer knows");
        }
    }

    private static String write(Identity identity) throws IOException {
        try {
            return "# Ferry's identity of this user. Whoever can read this file can pretend to be you.\n"
                    + Pem.write(Pem.PRIVATE_KEY, identity.key().getEncoded())
                    + Pem.write(Pem.CERTIFICATE, identity.chain().getFirst().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("what keytool made cannot be written", e);
        }
    }
}
