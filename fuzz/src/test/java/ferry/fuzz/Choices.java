package ferry.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Decisions out of the fuzzer's bytes, each of which one byte decides where that is enough; zeros when there are no more. */
public final class Choices {
    private final byte[] bytes;
    private int position;

    public Choices(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isEmpty() {
        return position >= bytes.length;
    }

    /** 0 to 255. */
    public int octet() {
        return isEmpty() ? 0 : Byte.toUnsignedInt(bytes[position++]);
    }

    /** 0 to below the bound, which is at most 256. */
    public int below(int bound) {
        return octet() % bound;
    }

    public <T> T oneOf(List<T> values) {
        return values.get(below(values.size()));
    }

    public int twoOctets() {
        return octet() << 8 | octet();
    }

    /** Any number: small ones cost a byte, the strange ones nine. */
    public long number() {
        int first = octet();
        if (first < 0xf8) {
            return first;
        }
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << Byte.SIZE | octet();
        }
        return value;
    }

    /** A text of at most 255 bytes. */
    public String text() {
        return new String(take(octet()), StandardCharsets.UTF_8);
    }

    /** As many bytes as there are, at most so many. */
    public byte[] take(int most) {
        int end = Math.min(bytes.length, position + most);
        byte[] taken = Arrays.copyOfRange(bytes, position, end);
        position = end;
        return taken;
    }

    public byte[] rest() {
        return take(bytes.length);
    }
}
