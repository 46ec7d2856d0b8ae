package ferry.receive;

import static ferry.receive.TestDisk.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of transfers that broke, for whom, and for how long. */
@Timeout(60)
class KeptPartialsTest extends BrokenTransfers {
    @Test
    void keepsNothingWithoutAnOwner() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OwnerId.NONE, 0, 1);
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingForAnotherOwner() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender other = host.welcome(new OwnerId(3, 4)).offer(0, file("f", CONTENT.length))) {
                other.hear(Frame.Accept.class);
                other.leave();
                assertThat(other.status()).isPresent();
            }
            assertThat(kept()).hasSize(2);
        }
    }

    @Test
    void keepsNothingIfNoChunkIsWhole() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            sender.data(0, 0, Arrays.copyOf(CONTENT, 500)).leave();
            assertThat(sender.status()).isPresent();
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingOfAFileWhoseSourceIsGone() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            send(sender, CONTENT, 0).fail(0, ErrorCode.SOURCE_VANISHED);
            sender.done(1).hearFinished(ErrorCode.SOURCE_VANISHED.exitStatus());
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingThatIsCorrupt() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            send(sender, CONTENT, 0, 1, 2, 3).say(new Frame.End(0, CONTENT.length, 1));
            sender.hearFailed(ErrorCode.CORRUPT_FILE);
            sender.done(1).hearFinished(ErrorCode.CORRUPT_FILE.exitStatus());
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingIfItIsToldTo() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        StagingOptions nothing = new StagingOptions(Duration.ZERO, OptionalLong.empty());
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, nothing)) {
            assertNothingIsKept();
            breakOff(host, OWNER, 0, 1);
            assertNothingIsKept();
        }
    }

    @Test
    void removesWhatNobodyHasComeBackFor() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        Files.setLastModifiedTime(journal(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        host().close();
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    /** As one user's receiver leaves it to that of another, who could go on writing to it. */
    @ParameterizedTest
    @ValueSource(strings = {"content", "journal", "key", "folder"})
    void goesOnWithNothingThatIsSomebodyElses(String part) throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        Path key = content().resolve("..").normalize();
        Path theirs = switch (part) {
            case "content" -> content();
            case "journal" -> journal();
            case "key" -> key;
            default -> key.resolve("../..").normalize();
        };
        assumeTrue(isGivenAway(theirs), "only root may give files away");
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
        }
    }

    @Test
    void goesOnWithNothingThatALinkLeadsTo(@TempDir Path elsewhere) throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        Path partials = content().resolve("../..").normalize();
        Path moved = Files.move(partials, elsewhere.resolve("partial"));
        Files.createSymbolicLink(partials, moved);
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
        }
        assertThat(moved).isNotEmptyDirectory();
    }

    @Test
    void givesTheStagingOfALiveTransferToNobodyElse() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            ScriptedFerrySender first = compare(host, CONTENT, ChunkSet.all(2));
            try (ScriptedFerrySender second = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
                second.hear(Frame.Accept.class);
                send(second, CONTENT, 0).leave();
                assertThat(second.status()).isPresent();
            }
            assertThat(kept()).as("of the first alone").hasSize(2);
            send(prove(first, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(first, CONTENT, CONTENT.length - 2L * Chunks.SIZE);
        }
    }

    @Test
    void keepsNothingOfAFileThatHasBecomeSmall() throws Exception {
        byte[] small = "small".getBytes(UTF_8);
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", small.length))) {
                sender.hear(Frame.Accept.class);
                sender.data(0, 0, small).end(0, small).hear(Frame.Receipt.class);
                sender.finish(1);
            }
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingOfAFileThatAnotherTransferHasBrought() throws Exception {
        try (SessionHost host = host()) {
            ScriptedFerrySender first = host.welcome(OWNER).offer(0, file("f", CONTENT.length));
            first.hear(Frame.Accept.class);
            try (ScriptedFerrySender second = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
                second.hear(Frame.Accept.class);
                send(first, CONTENT, 0).leave();
                assertThat(first.status()).isPresent();
                first.close();
                assertThat(kept()).hasSize(2);
                send(second, CONTENT, 0, 1, 2, 3).end(0, CONTENT);
                second.hear(Frame.Receipt.class);
                second.finish(1);
            }
            assertNothingIsKept();
        }
    }

    @Test
    void removesTheOldestThatIsKeptWhenBytesNeedItsRoom() throws Exception {
        StagingOptions small = new StagingOptions(Duration.ofDays(1), OptionalLong.of(CONTENT.length + Chunks.SIZE));
        OwnerId other = new OwnerId(3, 4);
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, small)) {
            breakOff(host, OWNER, 0, 1);
            breakOff(host, other, 0);
            assertThat(kept()).as("there is room for both").hasSize(4);
            ScriptedFerrySender sender = host.welcome(other).offer(0, file("f", CONTENT.length));
            assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(0, ChunkSet.all(1)));
            sender.offer(1, file("g", Chunks.SIZE));
            assertThat(sender.hear(Frame.Accept.class).entry()).isOne();
            sender.offer(2, file("h", 1));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NO_SPACE);
            assertThat(kept()).as("nothing of those files has come").hasSize(4);
            send(prove(sender, CONTENT, 0), CONTENT, 1, 2, 3).end(0, CONTENT);
            sender.hear(Frame.Receipt.class);
            sender.close();
            assertNothingIsKept();
        }
    }

    @Test
    void aHugeOfferWithoutContentCostsNobodyWhatIsKept() throws Exception {
        StagingOptions small = new StagingOptions(Duration.ofDays(1), OptionalLong.of(CONTENT.length));
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, small)) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender huge = host.welcome(new OwnerId(3, 4)).offer(0, file("huge", CONTENT.length))) {
                huge.hear(Frame.Accept.class);
                huge.leave();
                assertThat(huge.status()).isPresent();
            }
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(2));
            send(prove(sender, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(sender, CONTENT, CONTENT.length - 2L * Chunks.SIZE);
        }
    }

    @Test
    void whoHasNoOwnerIsRefusedRatherThanGivenTheRoomOfWhatIsKept() throws Exception {
        StagingOptions small = new StagingOptions(Duration.ofDays(1), OptionalLong.of(CONTENT.length));
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, small)) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender unknown = host.welcome(OwnerId.NONE).offer(0, file("huge", CONTENT.length))) {
                assertThat(unknown.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NO_SPACE);
                unknown.offer(1, file("small", 1));
                unknown.hear(Frame.Accept.class);
            }
            assertThat(kept()).hasSize(2);
        }
    }

    private static boolean isGivenAway(Path path) {
        try {
            Files.setAttribute(path, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
