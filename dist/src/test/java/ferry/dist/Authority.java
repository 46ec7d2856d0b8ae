package ferry.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A certificate authority made of {@code openssl}, and what it signs; all files are PEM. */
final class Authority {
    private static final String[] NEW_KEY = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"};

    private final Path folder;

    /**
     * A certificate and its key.
     *
     * @param certificate the first of its chain
     * @param key PKCS#8 without a password
     */
    record Certified(Path certificate, Path key) {
        /** The options of {@code send} and {@code receive} that show it. */
        Object[] options() {
            return new Object[] {"--tls-cert", certificate, "--tls-key", key};
        }

        /** Both in one file, as {@code socat} wants it. */
        Path inOneFile() {
            try {
                Path file = certificate.resolveSibling(certificate.getFileName() + ".both");
                return Files.writeString(file, Files.readString(certificate) + Files.readString(key));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One whose files are in this folder already. */
    Authority(Path folder) {
        this.folder = folder;
    }

    /** A new authority, which keeps its files in this folder. */
    static Authority in(Path folder) {
        Authority authority = new Authority(folder);
        authority.openssl(
                "req",
                "-x509",
                NEW_KEY,
                "-subj",
                "/CN=Authority in " + folder.getFileName(),
                "-days",
                "30",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem");
        return authority;
    }

    /** The authority's own certificate. */
    Path certificate() {
        return folder.resolve("ca.pem");
    }

    /** A certificate for a host or an address, such as {@code DNS:localhost}. */
    Certified certify(String name) {
        return certify(name, "20200101000000Z", "20380101000000Z");
    }

    /** The same, but it was good once. */
    Certified certifyExpired(String name) {
        return certify(name, "20200101000000Z", "20210101000000Z");
    }

    private Certified certify(String name, String from, String to) {
        String file = "leaf-" + name.replaceAll("\\W+", "-") + "-" + to;
        write(file + ".cnf", """
                [ca]
                default_ca = own
                [own]
                database = index.txt
                rand_serial = yes
                new_certs_dir = .
                default_md = sha256
                policy = any
                x509_extensions = leaf
                unique_subject = no
                [any]
                commonName = supplied
                [leaf]
                basicConstraints = CA:FALSE
                subjectAltName = %s
                """.formatted(name));
        write("index.txt", "");
        openssl("req", "-new", NEW_KEY, "-subj", "/CN=leaf", "-keyout", file + ".key", "-out", file + ".csr");
        openssl(
                "ca",
                "-batch",
                "-notext",
                "-config",
                file + ".cnf",
                "-keyfile",
                "ca.key",
                "-cert",
                "ca.pem",
                "-in",
                file + ".csr",
                "-out",
                file + ".pem",
                "-startdate",
                from,
                "-enddate",
                to);
        return new Certified(folder.resolve(file + ".pem"), folder.resolve(file + ".key"));
    }

    /** A key and a certificate that nobody but itself has signed. */
    static Certified selfSigned(Path folder) {
        new Authority(folder)
                .openssl(
                        "req",
                        "-x509",
                        NEW_KEY,
                        "-subj",
                        "/CN=nobody",
                        "-days",
                        "30",
                        "-keyout",
                        "self.key",
                        "-out",
                        "self.pem");
        return new Certified(folder.resolve("self.pem"), folder.resolve("self.key"));
    }

    private void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code openssl} in the folder; an argument may be several. */
    private void openssl(Object... arguments) {
        List<Object> words = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof String[] several) {
                words.addAll(List.of(several));
            } else {
                words.add(argument);
            }
        }
        Command.of("openssl", words.toArray()).in(folder).run().expect(0);
    }
}
