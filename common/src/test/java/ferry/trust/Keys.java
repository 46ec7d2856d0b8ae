package ferry.trust;

/** Fingerprints of keys that nobody has. */
final class Keys {
    static final KeyFingerprint A = key('a');
    static final KeyFingerprint B = key('b');
    static final KeyFingerprint C = key('c');

    private Keys() {}

    /** The fingerprint that has this hexadecimal digit 64 times. */
    static KeyFingerprint key(char digit) {
        return KeyFingerprint.parse("sha256:" + String.valueOf(digit).repeat(64))
                .orElseThrow();
    }
}
