package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories with all that is in them. */
final class TreesIT {
    private static final List<String> NAMES = List.of(
            "plain.txt",
            "with space",
            " leading and trailing ",
            "-rf",
            "--help",
            "it's \"quoted\" `and` $dollar",
            "C:drive",
            "back\\slash\\n",
            "two\nlines",
            "tab\tand\rreturn",
            "escape\u001b[31mred",
            "*?[a-z]{a,b}",
            "@list",
            ".hidden",
            "...",
            "smörgåsbord",
            "smo\u0308rga\u030asbord",
            "日本語のファイル",
            "Ελληνικά",
            "кириллица",
            "עברית",
            "عربى",
            "हिन्दी",
            "🚢⛴️",
            "line\u2028separator",
            "right\u202eto left",
            "a".repeat(255),
            "ñ".repeat(127),
            "𝔘".repeat(63));

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void fiveThousandSmallFilesArriveWithTheirDirectoriesLinksTimesAndPermissionsAndAreNotSentTwice()
            throws IOException {
        Path from = bench.roomyDirectory();
        plant(from.resolve("tree"));
        RunningReceive receive = bench.receiveInto(bench.roomyDirectory());

        Result sent =
                bench.send("--json", from.resolve("tree"), receive.endpoint()).expect(0);
        Result again =
                bench.send("--json", from.resolve("tree"), receive.endpoint()).expect(0);

        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).isEqualTo(Tree.of(from));
        assertThat(sent.event("finished").number("files")).isEqualTo(5000);
        assertThat(sent.events("entry"))
                .filteredOn(event -> event.text("kind").equals("file"))
                .allMatch(event -> event.text("outcome").equals("placed"));
        assertThat(again.event("finished").number("same"))
                .isEqualTo(sent.event("finished").number("entries"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=tr_TR.ISO-8859-9", "LC_ALL=C", ""})
    void namesOfEveryKindArriveAsTheyAreInAnyLocaleAndInNone(String locale) {
        for (String name : NAMES) {
            bench.file("from/" + name + "/" + name, 10);
        }
        // As under cron: no HOME, no PATH, no locale.
        String[] environment = locale.isEmpty() ? new String[] {"env", "-i"} : new String[] {"env", "-i", locale};
        Path out = bench.path("out");
        RunningReceive receive = bench.receive(
                bench.receiving(out).and("--listen", "127.0.0.1:0").under((Object[]) environment), out);

        Result sent = bench.sending("--json", bench.path("from"), receive.endpoint())
                .under((Object[]) environment)
                .run()
                .expect(0);

        Result received = receive.stop().expect(0);
        assertThat(Tree.of(out.resolve("from"))).isEqualTo(Tree.of(bench.path("from")));
        assertThat(pathsIn(sent)).containsAll(pathsIn(received)).hasSize(2 * NAMES.size() + 1);
    }

    @Test
    void aNameMayBeASourceWhateverItHolds() {
        List<Object> arguments = new ArrayList<>(List.of("--"));
        for (String name : NAMES) {
            bench.file(name, 10);
            arguments.add(name);
        }
        RunningReceive receive = bench.receive();
        arguments.add(receive.endpoint());

        bench.send(arguments.toArray()).expect(0);

        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys(NAMES);
    }

    @Test
    void aNameThatIsNotUtf8FailsAlone() {
        bench.file("from/good", 10);
        Command.of("python3", "-c", "open(b'from/caf\\xe9', 'w').close()")
                .in(bench.path(""))
                .run()
                .expect(0);
        RunningReceive receive = bench.receive();

        Result sent = bench.send("--json", "from", receive.endpoint()).expect(9);

        assertThat(sent.event("failed").text("code")).isEqualTo("source_name");
        receive.stop();
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("from", "from/good");
    }

    @Test
    void aFileThatCannotBeReadFailsAlone() throws IOException {
        bench.file("from/good", 10);
        Path secret = bench.file("from/secret", 10);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        RunningReceive receive = bench.receive();

        Result sent = asOneWhoMayNotReadEverything(bench.sending("--json", "from", receive.endpoint()))
                .run()
                .expect(9);

        assertThat(sent.event("failed").text("path")).isEqualTo("from/secret");
        assertThat(sent.event("failed").text("code")).isEqualTo("source_unreadable");
        assertThat(sent.errors()).contains("send: error: from/secret: ");
        receive.stop();
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("from", "from/good");
    }

    @Test
    void onlyWhatIsIncludedAndNotExcludedIsSent() {
        for (String name : List.of("a.jpg", "b.txt", "raw/c.jpg", "cache/d.jpg", "raw/cache/e.jpg")) {
            bench.file("photos/" + name, 10);
        }
        RunningReceive receive = bench.receive();

        bench.send("--include", "*.jpg", "--exclude", "cache/", "photos", receive.endpoint())
                .expect(0);

        receive.stop();
        assertThat(Tree.of(receive.folder()))
                .containsOnlyKeys("photos", "photos/a.jpg", "photos/raw", "photos/raw/c.jpg");
    }

    @Test
    void aDryRunSaysWhatWouldBeSentAndConnectsToNobody() {
        bench.file("photos/a.jpg", 10);
        bench.file("photos/b.txt", 20);

        Result dry = bench.send("--dry-run", "--json", "--exclude", "*.txt", "photos", "127.0.0.1:1")
                .expect(0);

        assertThat(dry.events("found"))
                .extracting(event -> event.text("path"))
                .containsExactlyInAnyOrder("photos", "photos/a.jpg");
        assertThat(bench.send("--dry-run", "photos", "127.0.0.1:1").expect(0).output())
                .contains("photos/b.txt");
    }

    private static List<String> pathsIn(Result result) {
        return result.events("entry").stream().map(event -> event.text("path")).toList();
    }

    /** 5,000 files in 250 directories, with empty directories, links of each kind, and attributes of every sort. */
    private static void plant(Path root) throws IOException {
        Random random = new Random(5000);
        List<Path> directories = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            Path directory = root.resolve("d" + i % 10).resolve("e" + i % 50).resolve("f" + i);
            directories.add(Files.createDirectories(directory));
            for (int j = 0; j < 20; j++) {
                byte[] content = new byte[random.nextInt(3000)];
                random.nextBytes(content);
                Path file = Files.write(directory.resolve("file-" + j + ".bin"), content);
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(j % 2 == 0 ? "rw-r-----" : "r-xr-xr-x"));
                Files.setLastModifiedTime(file, timeOf(random));
            }
        }
        Files.createDirectories(root.resolve("empty/inner/innermost"));
        Files.createSymbolicLink(root.resolve("d1/to-a-file"), Path.of("e1/f1/file-1.bin"));
        Files.createSymbolicLink(root.resolve("d1/e1/to-a-directory"), Path.of("../../d2"));
        Files.createSymbolicLink(root.resolve("d1/to-nothing"), Path.of("nowhere"));
        Collections.shuffle(directories, random);
        for (Path directory : directories.subList(0, 50)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-x---"));
            Files.setLastModifiedTime(directory, timeOf(random));
        }
    }

    private static FileTime timeOf(Random random) {
        return FileTime.from(Instant.ofEpochSecond(random.nextLong(2_000_000_000L), random.nextInt(1_000_000_000)));
    }

    /** Root reads whatever it likes, unless it gives that up. */
    private static Command asOneWhoMayNotReadEverything(Command command) {
        boolean isRoot = System.getProperty("user.name").equals("root");
        return isRoot ? command.under("setpriv", "--bounding-set", "-dac_override,-dac_read_search") : command;
    }
}
