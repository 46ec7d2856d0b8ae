package ferry.receive;

import ferry.entry.Placing;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.TransferId;
import java.util.Optional;

/**
 * A sender that has been let in, and the transfer that it begins; immutable.
 *
 * @param grant what it may do
 * @param owner whose staging it goes on with; empty if nothing is kept for it
 * @param transfer the same over all connections of a transfer; empty by the classic protocol
 * @param placing how it wants what it sends to be placed
 */
record Visitor(Grant grant, Optional<Owner> owner, Optional<TransferId> transfer, Placing placing) {
    /** A sender of whom nothing is known, as by the classic protocol. */
    static final Visitor ANYBODY = new Visitor(Grant.ANYBODY, Optional.empty(), Optional.empty());

    /** One that wants each entry to be placed by itself. */
    Visitor(Grant grant, Optional<Owner> owner, Optional<TransferId> transfer) {
        this(grant, owner, transfer, Placing.ONE_BY_ONE);
    }

    static Visitor of(Grant grant, Frame.Hello hello) {
        return new Visitor(
                grant, Owner.of(grant, hello), Optional.of(hello.transfer()), Features.placing(hello.features()));
    }
}
