package ferry.fuzz;

import java.util.function.Supplier;

/** What must be true whatever the input is; cheap while it is. */
public final class Invariant {
    private Invariant() {}

    public static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
