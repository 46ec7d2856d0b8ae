package ferry.receive;

import ferry.fuzz.Choices;
import ferry.fuzz.DeafPeer;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole session of the receiver against a sender that mostly keeps to the protocol: the input's bytes choose what it does next,
 * and {@link SenderScript} makes right frames of it, but where it is told to make wrong ones.
 */
public final class SessionScriptTarget {
    private static final int MOST_STEPS = 64;

    private SessionScriptTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Choices choices = new Choices(input);
        ConflictPolicy policy = choices.oneOf(List.of(ConflictPolicy.values()));
        int piece = choices.below(4) == 3 ? 1 + choices.octet() : Integer.MAX_VALUE;
        DeafPeer.Leaving leaving = choices.below(8) == 7 ? DeafPeer.Leaving.BY_RESET : DeafPeer.Leaving.PROPERLY;
        SenderScript script = new SenderScript();
        for (int step = 0; step < MOST_STEPS && !choices.isEmpty(); step++) {
            script.step(choices);
        }
        script.done();
        Story story = Story.of(script.all());
        List<DeafPeer.Part> parts = new ArrayList<>(script.parts());
        parts.add(Waiting.forTheEnd(story));
        DeafPeer peer = new DeafPeer(parts, piece, leaving);
        Stage stage = new Stage(policy);
        var status = stage.serve(peer);
        new Verdicts(story, stage).check(peer.answers(), status);
        stage.clear();
    }
}
