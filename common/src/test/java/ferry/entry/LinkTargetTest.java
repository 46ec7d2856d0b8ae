package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.io.FileSystem;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTargetTest {
    private static final long SEED = 90_210_001;
    private static final Path ROOT = Path.of("/srv/out").toAbsolutePath();

    @ParameterizedTest
    @CsvSource({
        "l, x",
        "l, .",
        "l, ./x/y/",
        "l, x//y/./z",
        "l, l",
        "l, ...",
        "l, ..x",
        "d/l, ..",
        "d/l, ../",
        "d/l, ../x",
        "d/l, .//../x",
        "d/e/l, ../../x",
        "d/e/l, ../.ferry",
        "d/l, .ferry",
        "d/l, ../d/l"
    })
    void takesWhatStaysInTheTransfer(String link, String text) throws TransferException {
        LinkTarget target = LinkTarget.parse(text, RelativePath.parse(link));
        assertThat(target)
                .hasToString(text)
                .isEqualTo(LinkTarget.decode(ByteBuffer.wrap(target.utf8()), RelativePath.parse(link)));
        assertThat(target.on(ROOT, FileSystem.LINUX)).isEqualTo(Path.of(text)).isRelative();
    }

    @ParameterizedTest
    @CsvSource({
        "l, ..",
        "l, ../x",
        "l, ./../x",
        "l, .//..",
        "d/l, ../..",
        "d/l, ../../d/x",
        "d/e/l, ../../../x",
        "d/e/l, ../x/..",
        "d/e/l, x/..",
        "d/e/l, x/../y",
        "d/e/l, x/./../y",
        "d/e/l, x//../y",
        "l, /",
        "l, /etc/passwd",
        "l, //x",
        "l, .ferry",
        "l, ./.FERRY/x",
        "d/l, ../.ferry/x",
        "d/e/l, ../../.ferry"
    })
    void refusesWhatCouldLeaveTheTransfer(String link, String text) {
        assertRefused(() -> LinkTarget.parse(text, RelativePath.parse(link)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "x\0y", "\ud800", "x/\udc00"})
    void refusesWhatNoLinkCanHold(String text) {
        assertRefused(() -> LinkTarget.parse(text, RelativePath.parse("d/l")));
    }

    @Test
    void refusesWhatIsNoUtf8() {
        byte[] overlongDots = {(byte) 0xc0, (byte) 0xae, (byte) 0xc0, (byte) 0xae};
        assertRefused(() -> LinkTarget.decode(ByteBuffer.wrap(overlongDots), RelativePath.parse("l")));
    }

    @Test
    void countsItsBytes() throws TransferException {
        RelativePath link = RelativePath.parse("l");
        String longest = "é".repeat(LinkTarget.MAX_BYTES / 2) + "x";
        byte[] tooLong = (longest + "x").getBytes(StandardCharsets.UTF_8);

        assertThat(LinkTarget.parse(longest, link).utf8()).hasSize(LinkTarget.MAX_BYTES);
        assertRefused(() -> LinkTarget.parse(longest + "x", link));
        assertRefused(() -> LinkTarget.decode(ByteBuffer.wrap(tooLong), link));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C:\\x", "..\\x", "d\\..\\..\\x", "\\x", "C:", "con", "dots./x"})
    void refusesOnWindowsWhatWindowsReadsInAnotherWay(String text) throws TransferException {
        LinkTarget target = LinkTarget.parse(text, RelativePath.parse("d/l"));
        assertRefused(() -> target.on(ROOT, FileSystem.WINDOWS));
        target.on(ROOT, FileSystem.LINUX);
    }

    @Test
    void isGoodForTheLinkThatItWasCheckedForOnly() throws TransferException {
        LinkTarget target = LinkTarget.parse("../x", RelativePath.parse("d/l"));
        RelativePath top = RelativePath.parse("l");

        assertThat(new Entry.Link(RelativePath.parse("d/l"), target, Attributes.NONE).kind())
                .isEqualTo(EntryKind.LINK);
        assertThatIllegalArgumentException().isThrownBy(() -> new Entry.Link(top, target, Attributes.NONE));
    }

    /** Links in a small tree point at each other at random; following any of them must never lead above its top. */
    @Test
    void noChainOfLinksEverLeavesTheTransfer() throws TransferException {
        Random random = new Random(SEED);
        int escapesWithoutTheCheck = 0;
        for (int round = 0; round < 5_000; round++) {
            Map<String, String> unchecked = new HashMap<>();
            Map<String, String> checked = new HashMap<>();
            for (String link : List.of("a", "b", "d/a", "d/b", "d/e/a", "d/e/b")) {
                String target = someTarget(random);
                unchecked.put(link, target);
                if (isTaken(link, target)) {
                    checked.put(link, target);
                }
            }
            for (String link : checked.keySet()) {
                assertThat(leavesTheTop(link, checked))
                        .as("seed %d, round %d: %s among %s", SEED, round, link, checked)
                        .isFalse();
            }
            if (unchecked.keySet().stream().anyMatch(link -> leavesTheTop(link, unchecked))) {
                escapesWithoutTheCheck++;
            }
        }
        assertThat(escapesWithoutTheCheck).isGreaterThan(1_000);
    }

    private static String someTarget(Random random) {
        List<String> segments = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            segments.add(List.of("..", "..", ".", "", "a", "b", "d", "e").get(random.nextInt(8)));
        }
        return String.join("/", segments);
    }

    private static boolean isTaken(String link, String target) throws TransferException {
        RelativePath path = RelativePath.parse(link);
        try {
            LinkTarget.parse(target, path);
            return true;
        } catch (TransferException e) {
            return false;
        }
    }

    /** Walks as a kernel does, which gives up after 40 links. */
    private static boolean leavesTheTop(String start, Map<String, String> links) {
        Deque<String> place = new ArrayDeque<>();
        Deque<String> ahead = new ArrayDeque<>(Arrays.asList(start.split("/", -1)));
        int followed = 0;
        while (!ahead.isEmpty() && followed <= 40) {
            String segment = ahead.pop();
            if (segment.equals("..")) {
                if (place.isEmpty()) {
                    return true;
                }
                place.removeLast();
                continue;
            }
            if (segment.isEmpty() || segment.equals(".")) {
                continue;
            }
            place.addLast(segment);
            String target = links.get(String.join("/", place));
            if (target != null) {
                if (target.startsWith("/")) {
                    return true;
                }
                followed++;
                place.removeLast();
                List<String> inserted = Arrays.asList(target.split("/", -1));
                inserted.reversed().forEach(ahead::push);
            }
        }
        return false;
    }

    private static void assertRefused(ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LINK_REFUSED));
    }
}
