package ferry.wire;

import static ferry.fuzz.Invariant.require;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;

/** The name that begins a connection of the classic protocol: it does not depend on how it is delivered, and is one segment. */
public final class ClassicTarget {
    /** @param content how many bytes follow the name */
    private record Outcome(String name, int content) {}

    private ClassicTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Outcome whole = read(input, input.length);
        Outcome pieces = read(input, 1);
        require(whole.equals(pieces), () -> "whole " + whole + ", in pieces " + pieces);
    }

    private static Outcome read(byte[] input, int piece) {
        ClassicHeader header = new ClassicHeader();
        int at = 0;
        try {
            ClassicHeader.Progress progress = ClassicHeader.Progress.NEED_MORE;
            while (progress == ClassicHeader.Progress.NEED_MORE && at < input.length) {
                ByteBuffer bytes = ByteBuffer.wrap(input, at, Math.min(piece, input.length - at));
                progress = header.accept(bytes);
                at = bytes.position();
            }
            RelativePath name = header.name();
            require(name.depth() == 1, () -> "more than a name: " + name);
            return new Outcome(name.toString(), input.length - at);
        } catch (TransferException e) {
            require(e.code() == ErrorCode.NAME_REFUSED, () -> "no error of a name: " + e);
            return new Outcome("refused: " + e.why(), 0);
        }
    }
}
