package ferry.net;

/** Whose implementation of TLS is used; both speak the same protocol. */
public enum TlsProvider {
    /** {@link #CONSCRYPT} where its native library loads, else {@link #JDK}. */
    AUTO,
    /** Conscrypt, which is BoringSSL in a native library: two to three times as fast as the JDK's. */
    CONSCRYPT,
    /** The one of the Java runtime. */
    JDK
}
