package ferry.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority that certifies what it is asked to; its files lie in a folder of the test. */
final class TestAuthority {
    private final Path folder;
    private final String name;

    TestAuthority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        TestKey.keytool(
                store(), pair("ca", "CN=" + name, "-ext", "bc:c", "-ext", "ku:c=keyCertSign", "-validity", "10"));
    }

    /** A new key, certified with these options of keytool's, such as names and dates. */
    TestKey certify(String alias, String... options) {
        Path request = folder.resolve(alias + ".csr");
        Path certificate = folder.resolve(alias + ".crt");
        TestKey.keytool(store(), pair(alias, "CN=" + alias));
        TestKey.keytool(store(), List.of("-certreq", "-alias", alias, "-file", request.toString()));
        List<String> sign = new ArrayList<>(List.of("-gencert", "-alias", "ca", "-infile", request.toString()));
        sign.addAll(List.of("-outfile", certificate.toString()));
        sign.addAll(List.of(options));
        TestKey.keytool(store(), sign);
        TestKey.keytool(store(), List.of("-importcert", "-noprompt", "-alias", alias, "-file", certificate.toString()));
        return TestKey.load(store(), alias);
    }

    /** Its certificate, as a file for those who trust it. */
    TlsTrust.Authority trust() {
        try {
            byte[] der = TestKey.load(store(), "ca").chain().getFirst().getEncoded();
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            Path pem = folder.resolve(name + ".pem");
            Files.writeString(
                    pem,
                    "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n",
                    StandardCharsets.US_ASCII);
            return new TlsTrust.Authority(pem);
        } catch (IOException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path store() {
        return folder.resolve(name + ".p12");
    }

    private static List<String> pair(String alias, String subject, String... more) {
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC"));
        arguments.addAll(List.of("-groupname", "secp256r1", "-dname", subject));
        arguments.addAll(List.of(more));
        return arguments;
    }
}
