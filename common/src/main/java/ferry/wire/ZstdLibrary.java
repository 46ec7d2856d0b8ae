package ferry.wire;

import com.github.luben.zstd.ZstdException;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.function.Supplier;

/** Zstd's library, which is loaded when its first context is made. */
final class ZstdLibrary {
    private ZstdLibrary() {}

    /**
     * Makes a context.
     *
     * @throws TransferException INTERNAL if the library cannot be loaded, or there is no memory
     */
    static <T> T call(Supplier<T> context) throws TransferException {
        try {
            return context.get();
        } catch (LinkageError | IllegalStateException | ZstdException e) {
            throw new TransferException(ErrorCode.INTERNAL, "zstd", "its library cannot be used: " + e, e)
                    .withHint("send without compression: send --compress none");
        }
    }
}
