package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FrameTest {
    @Test
    void makesAnOfferOfEachKindOfEntryAndBack() throws Exception {
        Attributes attributes = new Attributes(Optional.of(Instant.ofEpochSecond(-1, 5)), OptionalInt.of(0640));
        RelativePath path = RelativePath.parse("a/b");
        for (Entry entry : List.of(
                new Entry.File(path, OptionalLong.of(7), attributes),
                new Entry.File(path, OptionalLong.empty(), Attributes.NONE),
                new Entry.Directory(path, attributes),
                new Entry.Link(path, LinkTarget.parse("../c", path), attributes))) {
            Frame.Offer offer = Frame.Offer.of(12, entry);
            assertThat(Conversation.readOnly(Side.SENDER, Conversation.write(offer), Pieces.WHOLE))
                    .isEqualTo(offer);
            assertThat(offer.toEntry()).isEqualTo(entry);
        }
    }

    @Test
    void leavesOutAnMtimeThatTheProtocolCannotExpress() throws Exception {
        RelativePath path = RelativePath.parse("a");
        for (Instant instant : List.of(Instant.MIN, Instant.MAX, Instant.ofEpochSecond(253402300800L))) {
            Entry entry = new Entry.Directory(path, new Attributes(Optional.of(instant), OptionalInt.of(0700)));
            assertThat(Frame.Offer.of(0, entry).attributes())
                    .isEqualTo(new Attributes(Optional.empty(), OptionalInt.of(0700)));
        }
    }

    @Test
    void refusesTheEntryOfABadPathOrTarget() {
        assertThatThrownBy(() -> offer("offer-bad-path").toEntry()).isInstanceOf(TransferException.class);
        assertThatThrownBy(() -> offer("offer-empty-path").toEntry()).isInstanceOf(TransferException.class);
    }

    @Test
    void showsNoSecret() {
        Token secret = Token.random();
        assertThat(new Frame.Challenge(secret)).hasToString("Challenge[nonce=(secret)]");
        Frame.Join join = new Frame.Join(1, TransferId.random(), 1, secret);
        assertThat(join.toString() + join.describe())
                .doesNotContain(HexFormat.of().formatHex(secret.bytes()));
    }

    @Test
    void keepsANumberThatThisVersionDoesNotKnow() {
        Reason reason = new Reason(4711, "because");
        assertThat(reason.code()).isEqualTo(ErrorCode.UNKNOWN);
        assertThat(reason).hasToString("error 4711: because");
    }

    @Test
    void cutsATextBetweenCharactersAndRepairsWhatIsNoUnicode() {
        String ferry = "\uD83D\uDEA2";
        Reason reason = new Reason(ErrorCode.CONFLICT, "x" + ferry.repeat(1000));
        assertThat(reason.text().getBytes(StandardCharsets.UTF_8)).hasSize(1021);
        assertThat(reason.text()).endsWith(ferry);
        assertThat(new Reason(ErrorCode.CONFLICT, "a\uD83Db").text()).isEqualTo("a?b");
    }

    @Test
    void readsTheOwnerThatItWroteAndNothingElse() {
        OwnerId owner = OwnerId.random();
        assertThat(OwnerId.parse(owner.toString())).contains(owner);
        assertThat(OwnerId.parse("00".repeat(16))).contains(OwnerId.NONE);
        for (String text : List.of("", "0", "g".repeat(32), "0".repeat(33), "-" + "0".repeat(31))) {
            assertThat(OwnerId.parse(text)).isEmpty();
        }
    }

    private static Frame.Offer offer(String name) {
        return (Frame.Offer) Objects.requireNonNull(Frames.VALID.get(name));
    }
}
