package ferry.net;

import static ferry.net.Peers.LONG;

import ferry.trust.KeyFingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A key and its certificates, made by the keytool of this Java. */
record TestKey(PrivateKey key, List<X509Certificate> chain) {
    /** Two that are made once for all tests, since each takes a second. */
    static final TestKey OURS = selfSigned("EC", "-groupname", "secp256r1");

    static final TestKey THEIRS = selfSigned("EC", "-groupname", "secp256r1");

    private static final String PASSWORD = "changeit";

    KeyFingerprint fingerprint() {
        return KeyFingerprint.of(chain.getFirst().getPublicKey());
    }

    static TestKey selfSigned(String algorithm, String... more) {
        try {
            Path folder = Files.createTempDirectory("ferry-key");
            Path store = folder.resolve("key.p12");
            List<String> arguments = new ArrayList<>(List.of(
                    "-genkeypair", "-alias", "key", "-keyalg", algorithm, "-dname", "CN=ferry", "-validity", "10"));
            arguments.addAll(List.of(more));
            keytool(store, arguments);
            TestKey key = load(store, "key");
            Files.delete(store);
            Files.delete(folder);
            return key;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void keytool(Path store, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + ": " + said);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static TestKey load(Path store, String alias) {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            Certificate[] chain = keys.getCertificateChain(alias);
            return new TestKey(
                    (PrivateKey) keys.getKey(alias, PASSWORD.toCharArray()),
                    Stream.of(chain).map(X509Certificate.class::cast).toList());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
