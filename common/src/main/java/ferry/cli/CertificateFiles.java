package ferry.cli;

import java.nio.file.Path;

/** A certificate from elsewhere with its chain, and its key: {@code --tls-cert} and {@code --tls-key}, both PEM. */
public record CertificateFiles(Path certificate, Path key) {}
