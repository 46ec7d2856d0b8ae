package ferry.receive;

import ferry.fuzz.DeafPeer;
import ferry.fuzz.Seal;
import java.util.Arrays;
import java.util.List;

/**
 * A whole session of the receiver against what a sender might say, frame by frame.
 *
 * <p>The first byte chooses how the sender speaks; the rest is what it says after its preface, with the checksums of its frames
 * corrected unless it says otherwise.
 */
public final class SessionWireTarget {
    private static final int BY_RESET = 1;
    private static final int AS_IT_IS = 2;
    private static final int IN_PIECES = 4;
    private static final int POLICY_SHIFT = 4;

    private SessionWireTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte options = input[0];
        byte[] said = Arrays.copyOfRange(input, 1, input.length);
        byte[] wire = (options & AS_IT_IS) == 0 ? Seal.frames(said) : said;
        ConflictPolicy[] policies = ConflictPolicy.values();
        Stage stage = new Stage(policies[(options >> POLICY_SHIFT & 0xf) % policies.length]);
        DeafPeer peer = new DeafPeer(
                List.of(DeafPeer.Part.atOnce(wire), Waiting.forTheEnd(Story.of(wire))),
                (options & IN_PIECES) == 0 ? Integer.MAX_VALUE : 7,
                (options & BY_RESET) == 0 ? DeafPeer.Leaving.PROPERLY : DeafPeer.Leaving.BY_RESET);
        var status = stage.serve(peer);
        new Verdicts(Story.of(wire), stage).check(peer.answers(), status);
        stage.clear();
    }
}
