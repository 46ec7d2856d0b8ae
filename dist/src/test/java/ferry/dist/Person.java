package ferry.dist;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A user of Ferry, whose configuration is none of whoever runs the tests. Immutable.
 *
 * @param home the folder of all that is this user's
 */
record Person(Path home) {
    /** Whom a process belongs to that no test has given to anybody. */
    static final Person ANYBODY =
            new Person(Command.program("..").resolve("../test-user").normalize());

    /** The identities of this run by names: each is made once, by Ferry, since that takes a second. */
    private static final Map<String, byte[]> IDENTITIES = new ConcurrentHashMap<>();

    /** A person who has a key; the same name has the same key in all tests. */
    static Person withKey(String name, Path home) {
        byte[] identity = IDENTITIES.computeIfAbsent(name, _ -> newIdentity());
        Person person = new Person(home);
        try {
            Files.createDirectories(person.identity().getParent());
            Files.write(person.identity(), identity);
            Files.setPosixFilePermissions(person.identity(), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return person;
    }

    private static byte[] newIdentity() {
        try {
            Person nobody = new Person(Files.createTempDirectory("ferry-it"));
            Command.send("--fingerprint").as(nobody).run().expect(0);
            byte[] identity = Files.readAllBytes(nobody.identity());
            Bench.delete(nobody.home);
            return identity;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables of the environment that say where this person's files are. */
    Map<String, String> environment() {
        return Map.of(
                "XDG_CONFIG_HOME", home.resolve("config").toString(),
                "XDG_STATE_HOME", home.resolve("state").toString());
    }

    /** Ferry's folder in this person's configuration. */
    Path config() {
        return home.resolve("config").resolve("ferry");
    }

    Path identity() {
        return config().resolve("identity.pem");
    }

    Path knownReceivers() {
        return config().resolve("known_receivers");
    }

    /** The fingerprint of this person's key, computed by nothing of ours. */
    String fingerprint() {
        try {
            String pem = Files.readString(identity());
            byte[] certificate =
                    pem.substring(pem.indexOf("-----BEGIN CERTIFICATE")).getBytes(StandardCharsets.US_ASCII);
            Certificate parsed =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(parsed.getPublicKey().getEncoded());
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
