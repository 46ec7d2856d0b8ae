package ferry.trust;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Makes keys with self-signed certificates by the JDK's own {@code keytool}, which every Java runtime has: the JDK offers no
 * other way to make a certificate. Immutable.
 *
 * @param program the executable
 * @param patience seconds until it is given up
 */
record Keytool(Path program, int patience) {
    /** A century: the certificate is a wrapping of the key, and by its key a peer is known. */
    private static final int VALIDITY_DAYS = 36_500;

    private static final String ALIAS = "ferry";
    /** Keytool demands one. The key store lives in a folder that nobody else can enter, and for a moment only. */
    private static final String PASSWORD = "no secret";

    private static final String DRAFT = "making-";
    private static final String KEY_STORE = "made.p12";
    private static final String OUTPUT = "output";
    private static final int MAX_OUTPUT = 16_384;
    private static final int USUAL_PATIENCE = 60;

    /** That of the runtime we run on. */
    static Keytool ofThisJava() {
        String name = System.getProperty("os.name").startsWith("Windows") ? "keytool.exe" : "keytool";
        return new Keytool(Path.of(System.getProperty("java.home"), "bin", name), USUAL_PATIENCE);
    }

    /**
     * A new P-256 key with its certificate, whose names tell nothing.
     *
     * @param folder where a folder for its draft may be made, and is removed again
     */
    Identity make(Path folder) throws IOException, TransferException {
        Path draft = Files.createTempDirectory(folder, DRAFT, PrivateFiles.attributes(PrivateFiles.FOLDER_MODE));
        try {
            run(draft);
            return load(draft.resolve(KEY_STORE));
        } finally {
            removeDraft(draft);
        }
    }

    /** Removes what processes left here that were killed; for whom nobody makes a key in this folder now. */
    static void removeDrafts(Path folder) throws IOException {
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, DRAFT + "*")) {
            for (Path draft : drafts) {
                if (Files.isDirectory(draft, LinkOption.NOFOLLOW_LINKS)) {
                    removeDraft(draft);
                }
            }
        }
    }

    private static void removeDraft(Path draft) throws IOException {
        Files.deleteIfExists(draft.resolve(OUTPUT));
        Files.deleteIfExists(draft.resolve(KEY_STORE));
        try {
            Files.deleteIfExists(draft);
        } catch (DirectoryNotEmptyException e) {
            // Something else is in it, so it is somebody else's.
        }
    }

    private void run(Path folder) throws IOException, TransferException {
        // A relative name, for the folder's may be one that keytool cannot spell in its locale.
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(),
                        "-J-Duser.language=en",
                        "-genkeypair",
                        "-keystore",
                        KEY_STORE,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-sigalg",
                        "SHA256withECDSA",
                        "-dname",
                        "CN=ferry",
                        "-validity",
                        Integer.toString(VALIDITY_DAYS))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(OUTPUT).toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8"));
        Process process = builder.start();
        process.getOutputStream().close();
        await(process, folder.resolve(OUTPUT));
    }

    private void await(Process process, Path output) throws IOException, TransferException {
        try {
            if (!process.waitFor(patience, TimeUnit.SECONDS)) {
                throw new IOException("%s did not end within %d s".formatted(program, patience));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(ErrorCode.INTERRUPTED, program.toString(), "stopped", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("%s failed with status %d: %s".formatted(program, process.exitValue(), said(output)));
        }
    }

    private static String said(Path output) throws IOException {
        try (InputStream in = Files.newInputStream(output)) {
            return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8)
                    .strip()
                    .replaceAll("\\s*\\R\\s*", "; ");
        }
    }

    private static Identity load(Path file) throws IOException {
        char[] password = PASSWORD.toCharArray();
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            if (store.getKey(ALIAS, password) instanceof PrivateKey key
                    && store.getCertificate(ALIAS) instanceof X509Certificate certificate) {
                return new Identity(key, List.of(certificate));
            }
            throw new IOException("keytool made something else than a key");
        } catch (GeneralSecurityException e) {
            throw new IOException("what keytool made cannot be read", e);
        }
    }
}
