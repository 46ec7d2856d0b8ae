package ferry.receive;

import ferry.fuzz.Wire;
import ferry.wire.Frame;
import ferry.wire.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a sender has said, as far as it can be understood: its offers, the first END of each, and what it withdrew. All it has said is in it too, a character for each byte. */
record Story(String said, List<Frame.Offer> offers, Map<Long, Frame.End> ends, Set<Long> withdrawn, boolean done) {
    static Story of(byte[] wire) {
        List<Frame.Offer> offers = new ArrayList<>();
        Map<Long, Frame.End> ends = new HashMap<>();
        Set<Long> withdrawn = new HashSet<>();
        boolean done = false;
        for (Frame frame : Wire.frames(wire, Side.SENDER)) {
            switch (frame) {
                case Frame.Offer offer -> {
                    // What is offered after DONE, or out of turn, ends the transfer and is no part of it.
                    if (!done && offer.entry() == offers.size()) {
                        offers.add(offer);
                    }
                }
                case Frame.End end -> ends.putIfAbsent(end.entry(), end);
                case Frame.Failed failed -> withdrawn.add(failed.entry());
                case Frame.Done _ -> done = true;
                default -> {
                    // Of no consequence for what may be claimed of the entries.
                }
            }
        }
        return new Story(new String(wire, StandardCharsets.ISO_8859_1), offers, ends, withdrawn, done);
    }
}
