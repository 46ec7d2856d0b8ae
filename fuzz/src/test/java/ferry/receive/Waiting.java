package ferry.receive;

import ferry.fuzz.DeafPeer.Part;
import ferry.fuzz.Wire;
import ferry.wire.Frame;
import ferry.wire.Side;

/** Says nothing until the receiver has answered what is to be expected. */
final class Waiting {
    private Waiting() {}

    /** Until the receiver has said FINISHED, or aborted. */
    static Part forTheEnd(Story story) {
        return Part.waiting(answers -> !story.done()
                || Wire.frames(answers, Side.RECEIVER).stream()
                        .anyMatch(frame -> frame instanceof Frame.Finished || frame instanceof Frame.Abort));
    }

    /** Until so many frames came. */
    static Part forAnswers(int count) {
        return Part.waiting(answers -> Wire.frames(answers, Side.RECEIVER).size() >= count);
    }
}
