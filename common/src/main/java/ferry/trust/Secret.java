package ferry.trust;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What both sides know and nobody else: a code that Ferry made, or a passphrase (docs/PROTOCOL.md, section 10). Immutable.
 *
 * <p>A code that Ferry made is two check digits and six words, such as {@code 31-abacus-...}: 77.5 bits of chance. The digits
 * are computed from the words, so that a mistake in typing is found before anybody is asked. Its capitals, and whether hyphens
 * or spaces stand between the words, do not matter. Any other text is a passphrase, and is taken as it is.
 */
public final class Secret {
    /** Characters (code points) of the shortest passphrase. */
    public static final int MIN_LENGTH = 20;

    /** Characters (code points) of the longest passphrase. */
    public static final int MAX_LENGTH = 1024;

    /** Bytes: the longest passphrase, and a line end. */
    private static final int MAX_FILE_SIZE = 4 * MAX_LENGTH + 2;

    private static final int WORDS = 6;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String CHECK_PREFIX = "ferry-code-v1:";
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);
    private static final Pattern NUMBER_AND_WORDS =
            Pattern.compile("\\s*([0-9]{2})[\\s-]+([a-z]+(?:[\\s-]+[a-z]+)*)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s-]+");

    private final String text;
    private final boolean generated;

    private Secret(String text, boolean generated) {
        this.text = text;
        this.generated = generated;
    }

    /** A new code, from 7,772^6 possible ones. */
    public static Secret generate() {
        WordList list = WordList.get();
        List<String> words =
                Stream.generate(() -> list.random(RANDOM)).limit(WORDS).toList();
        return ofWords(words);
    }

    /**
     * What a person typed, or a file holds; one line end after it does not belong to it.
     *
     * @throws TransferException USAGE, if it is too short or too long, holds a line end or NUL, or is a code with a mistake in
     *     it. The reason shows nothing of it
     */
    public static Secret of(String typed) throws TransferException {
        String text = withoutLineEnd(typed);
        if (text.isEmpty()) {
            throw refused("it is empty");
        }
        if (text.chars().anyMatch(c -> c == '\0' || c == '\n' || c == '\r')) {
            throw refused("expected one line, got more, or a NUL");
        }
        int length = text.codePointCount(0, text.length());
        if (length < MIN_LENGTH) {
            throw refused("expected at least %d characters, got %d".formatted(MIN_LENGTH, length));
        }
        if (length > MAX_LENGTH) {
            throw refused("expected at most %d characters, got %d".formatted(MAX_LENGTH, length));
        }
        Optional<Secret> code = code(text);
        return code.isPresent() ? code.get() : new Secret(text, false);
    }

    /**
     * The secret that a file holds, or whatever else can be read by a path, a pipe for instance.
     *
     * @throws TransferException TRUST_FILE, if it cannot be read; USAGE as {@link #of}, and then with the file's name
     */
    public static Secret read(Path file) throws TransferException {
        try {
            return of(TrustFile.readAnything(file, MAX_FILE_SIZE));
        } catch (TransferException e) {
            throw e.code() == ErrorCode.USAGE ? e.withWhat(file.toString()) : e;
        }
    }

    /** As both sides must know it; to be shown once, to whoever is to pass it on. */
    public String text() {
        return text;
    }

    /** Whether it is chance from end to end, so that nobody can guess it and it needs no slow derivation. */
    public boolean isGenerated() {
        return generated;
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return generated ? "(code)" : "(passphrase)";
    }

    private static String withoutLineEnd(String text) {
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /** The text as a code, or empty if it is none; what was surely meant for one is refused. */
    private static Optional<Secret> code(String text) throws TransferException {
        Matcher matcher = NUMBER_AND_WORDS.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> words = List.of(BETWEEN_WORDS.split(matcher.group(2).toLowerCase(Locale.ROOT)));
        long unknown =
                words.stream().filter(word -> !WordList.get().contains(word)).count();
        if (words.size() != WORDS) {
            boolean isNearly = Math.abs(words.size() - WORDS) == 1 && unknown == 0;
            if (isNearly) {
                throw refused("a code has %d words after its number, got %d".formatted(WORDS, words.size()));
            }
            return Optional.empty();
        }
        if (unknown > 0) {
            throw mistyped(unknown == 1 ? "one of its words is in no code" : unknown + " of its words are in no code");
        }
        Secret secret = ofWords(words);
        if (!secret.text.startsWith(matcher.group(1))) {
            throw mistyped("its number does not fit its words");
        }
        return Optional.of(secret);
    }

    private static Secret ofWords(List<String> words) {
        String joined = String.join("-", words);
        return new Secret(checkDigits(joined) + "-" + joined, true);
    }

    private static String checkDigits(String words) {
        byte[] digest = Hashes.sha256((CHECK_PREFIX + words).getBytes(StandardCharsets.US_ASCII));
        return "%02d".formatted(new BigInteger(1, digest).mod(HUNDRED).intValue());
    }

    private static TransferException mistyped(String why) {
        return refused(why).withHint("compare it with what receive showed; a passphrase of your own has another form");
    }

    private static TransferException refused(String why) {
        return new TransferException(ErrorCode.USAGE, "code", why);
    }
}
