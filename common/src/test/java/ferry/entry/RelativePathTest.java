package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileSystem;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {
    private static final long SEED = 5_550_199;
    private static final Path ROOT = Path.of("/srv/out").toAbsolutePath();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a/b/c",
                "...",
                "..a/a..",
                ".hidden",
                " ",
                "a b/'c'/\"d\"",
                "back\\slash",
                "C:/x",
                "new\nline\t\u001b[2J\u007f",
                "-rf",
                "~",
                "日本語/Ελλάδα/עברית/😀",
                "e\u0301",
                "\u00e9",
                ".ferryboat",
                "ferry",
                "a/.ferry",
                "\ufffd"
            })
    void takesWhatItShouldAndKeepsItAsItIs(String text) throws TransferException {
        RelativePath path = RelativePath.parse(text);

        assertThat(path).hasToString(text).isEqualTo(RelativePath.decode(ByteBuffer.wrap(path.utf8())));
        assertThat(String.join("/", path.segments())).isEqualTo(text);
        assertThat(path.under(ROOT, FileSystem.LINUX)).isEqualTo(ROOT.resolve(text));
        Path directory = path.parent().isPresent() ? path.parent().get().under(ROOT) : ROOT;
        assertThat(path.inside(directory)).isEqualTo(path.under(ROOT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "./a",
                "a/.",
                "a/./b",
                "../a",
                "a/..",
                "a/../b",
                "a/b/..",
                "\0",
                "a\0b",
                "a/\0",
                "..\0",
                "\ud800",
                "a\udc00/b",
                "\udc00\ud800",
                "a/\ud83d"
            })
    void refusesWhatCouldLeadElsewhereOrHasNoUtf8(String text) {
        assertRefused(() -> RelativePath.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".ferry",
                ".FERRY",
                ".FeRRy/x",
                ".fe\u200crry",
                "\ufeff.ferry",
                ".ferry\u200d",
                ".f\u00aderry",
                ".f\ufe0ferry",
                ".f\u034ferry",
                ".\u115fferry",
                "\uff0e\uff46erry",
                "\u2024ferry",
                ".\udb40\udc41ferry"
            })
    void refusesWhateverAFileSystemMayTakeForTheReceiversOwnFolder(String text) {
        assertRefused(() -> RelativePath.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "ff",
        "80",
        "c3",
        "c328",
        "e282",
        "e28228",
        "f09f98", // malformed or cut
        "c0af",
        "e080af",
        "f08080af",
        "c080", // overlong / and NUL
        "eda080",
        "edbfbf",
        "eda0bdedb880", // surrogates
        "f4908080",
        "f8888080 80", // beyond Unicode
        "61ff62"
    })
    void refusesWhatIsNoUtf8(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertRefused(() -> RelativePath.decode(ByteBuffer.wrap(bytes)));
    }

    @Test
    void decodesWhatIsBetweenPositionAndLimitAndMovesNeither() throws TransferException {
        ByteBuffer direct = ByteBuffer.allocateDirect(16);
        direct.put(2, "a/é".getBytes(StandardCharsets.UTF_8)).position(2).limit(6);

        assertThat(RelativePath.decode(direct)).hasToString("a/é");
        assertThat(direct.position()).isEqualTo(2);
        assertThat(direct.limit()).isEqualTo(6);
    }

    @Test
    void countsASegmentInBytes() throws TransferException {
        String longest = "é".repeat(127) + "x";
        assertThat(RelativePath.parse("a/" + longest).name()).isEqualTo(longest);
        assertRefused(() -> RelativePath.parse("a/" + longest + "x"));
        assertRefused(() -> RelativePath.parse("😀".repeat(64)));
    }

    @Test
    void countsThePathInBytes() throws TransferException {
        String longest = ("x".repeat(254) + "/").repeat(16) + "y".repeat(16);
        assertThat(RelativePath.parse(longest).utf8()).hasSize(RelativePath.MAX_BYTES);
        assertRefused(() -> RelativePath.parse(longest + "y"));
        assertRefused(() -> RelativePath.decode(ByteBuffer.allocate(RelativePath.MAX_BYTES + 1)));
    }

    @Test
    void countsSegments() throws TransferException {
        String deepest = "d/".repeat(RelativePath.MAX_DEPTH - 1) + "f";
        assertThat(RelativePath.parse(deepest).depth()).isEqualTo(RelativePath.MAX_DEPTH);
        assertRefused(() -> RelativePath.parse("d/" + deepest));
    }

    @Test
    void saysWhatIsWrongInAMessageOfBoundedLength() {
        TransferException tooLong =
                catchThrowableOfType(TransferException.class, () -> RelativePath.parse("x".repeat(1_000_000)));
        assertThat(tooLong.getMessage())
                .hasSizeLessThan(400)
                .endsWith("…: the path is 1000000 bytes long, at most 4096 are allowed");
        assertThatThrownBy(() -> RelativePath.parse("a/../b")).hasMessage("a/../b: a segment is '..'");
    }

    @Test
    void walksUpDownAndSideways() throws TransferException {
        RelativePath path = RelativePath.parse("a/b/c.txt");

        assertThat(path.name()).isEqualTo("c.txt");
        assertThat(path.parent()).contains(RelativePath.parse("a/b"));
        assertThat(RelativePath.parse("a").parent()).isEmpty();
        assertThat(RelativePath.parse("a").child("b")).isEqualTo(RelativePath.parse("a/b"));
        assertThat(path.withName("d")).isEqualTo(RelativePath.parse("a/b/d"));
        assertThat(RelativePath.parse("a").withName("b")).isEqualTo(RelativePath.parse("b"));
        assertThat(path.parent().orElseThrow().under(ROOT, FileSystem.LINUX)).isEqualTo(ROOT.resolve("a/b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", "../x", "\0"})
    void aStepIsCheckedToo(String segment) throws TransferException {
        RelativePath path = RelativePath.parse("a");
        assertRefused(() -> path.child(segment));
        assertRefused(() -> path.withName(segment));
    }

    @Test
    void cannotBeRenamedIntoTheReceiversOwnFolder() throws TransferException {
        RelativePath path = RelativePath.parse("a");
        assertRefused(() -> path.withName(".Ferry"));
    }

    @Test
    void sortsADirectoryBeforeWhatIsInItAndNothingBetween() throws TransferException {
        List<RelativePath> paths = new ArrayList<>();
        for (String text : List.of("a", "a/b", "a/b/c", "a/c", "a-b", "a.b/c", "b")) {
            paths.add(RelativePath.parse(text));
        }
        List<RelativePath> shuffled = new ArrayList<>(paths);
        Collections.shuffle(shuffled, new Random(SEED));
        assertThat(shuffled.stream().sorted()).containsExactlyElementsOf(paths);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\b",
                "..\\x",
                "C:",
                "C:x",
                "a:stream",
                "x/con",
                "NUL",
                "aux.txt",
                "com1 .x",
                "CONIN$",
                "lpt9",
                "a?",
                "a*",
                "a<b",
                "a|b",
                "a\"b",
                "tab\there",
                "dot.",
                "space ",
                ".ferry.",
                ".ferry ",
                "FERRY~1/x",
                "a/..."
            })
    void refusesOnWindowsWhatWindowsReadsInAnotherWay(String text) throws TransferException {
        RelativePath path = RelativePath.parse(text);
        assertRefused(() -> path.under(ROOT, FileSystem.WINDOWS));
        path.under(ROOT, FileSystem.LINUX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "console", "com", "a/.gitignore", "nulls.txt", "ü b", "ferry~x"})
    void takesOnWindowsWhatWindowsTakes(String text) throws TransferException {
        assertThat(RelativePath.parse(text).under(ROOT, FileSystem.WINDOWS)).isEqualTo(ROOT.resolve(text));
    }

    @Test
    void refusesAColonOnAMac() throws TransferException {
        RelativePath path = RelativePath.parse("a:b");
        assertRefused(() -> path.under(ROOT, FileSystem.MAC_OSX));
    }

    @Test
    void standsBelowARelativeRootToo() throws TransferException {
        RelativePath path = RelativePath.parse("a/b");
        Path here = Path.of("").toAbsolutePath();
        assertThat(path.under(Path.of(""))).isEqualTo(here.resolve("a/b"));
        assertThat(path.under(Path.of("out"))).isEqualTo(here.resolve("out/a/b"));
        assertThat(path.under(Path.of("/"))).isEqualTo(Path.of("/a/b"));
    }

    @Test
    void whateverIsTakenStaysBelowTheRoot() {
        List<String> pieces = List.of(
                "/", "/", "..", ".", "\\", ":", "\0", "a", "B", "\u200c", "é", "\ud83d", "\ude00", ".ferry", "~", "%2e",
                "\n", " ");
        Random random = new Random(SEED);
        int taken = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                RelativePath path = RelativePath.parse(text.toString());
                Path place = path.under(ROOT);
                taken++;
                assertThat(place.normalize())
                        .as("seed %d, round %d", SEED, round)
                        .isEqualTo(place);
                assertThat(place.startsWith(ROOT))
                        .as("seed %d, round %d", SEED, round)
                        .isTrue();
                assertThat(place.getNameCount())
                        .as("seed %d, round %d", SEED, round)
                        .isEqualTo(ROOT.getNameCount() + path.depth());
                assertThat(new String(path.utf8(), StandardCharsets.UTF_8)).isEqualTo(text.toString());
            } catch (TransferException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NAME_REFUSED);
            }
        }
        assertThat(taken).isBetween(5_000, 45_000);
    }

    @Test
    void agreesWithTheJdkOnTheLengthOfUtf8() {
        Random random = new Random(SEED);
        for (int round = 0; round < 10_000; round++) {
            String text = Stream.generate(() -> someCharacter(random))
                    .limit(random.nextInt(5))
                    .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
                    .toString();
            boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(text);
            assertThat(Utf8.length(text).isPresent())
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(encodable);
            if (encodable) {
                assertThat(Utf8.length(text)).hasValue(text.getBytes(StandardCharsets.UTF_8).length);
            }
        }
    }

    private static char someCharacter(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> (char) random.nextInt(0x100);
            case 1 -> (char) (Character.MIN_SURROGATE + random.nextInt(0x800));
            case 2 -> (char) (0x7f0 + random.nextInt(0x20));
            default -> (char) random.nextInt(0x1_0000);
        };
    }

    private static void assertRefused(ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_REFUSED));
    }
}
