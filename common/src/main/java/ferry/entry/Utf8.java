package ferry.entry;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** UTF-8 without the usual leniency: nothing is replaced by a question mark. Pure functions. */
final class Utf8 {
    private Utf8() {}

    /** How many bytes the text takes; empty if it has an unpaired surrogate and so has no UTF-8. */
    static OptionalInt length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit < 0x80) {
                length++;
            } else if (unit < 0x800) {
                length += 2;
            } else if (!Character.isSurrogate(unit)) {
                length += 3;
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(length);
    }

    /** Decodes the bytes between position and limit, neither of which moves; refuses overlong forms and surrogates. */
    static String decode(ByteBuffer bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    }

    /** Decodes what is no UTF-8 as far as it goes, to show it to people. */
    static String decodeLeniently(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
