package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ferry.entry.Entry;
import ferry.entry.Glob;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeScannerTest {
    @TempDir
    private Path dir;

    @Test
    void tellsEachDirectoryBeforeWhatIsInItAndNamesInOrder() throws Exception {
        file("tree/b/2");
        file("tree/b/10");
        file("tree/a");
        file("tree/c");
        Files.createDirectories(dir.resolve("tree/empty/deeper"));
        assertThat(scan("tree").paths())
                .containsExactly(
                        "tree/",
                        "tree/a",
                        "tree/b/",
                        "tree/b/10",
                        "tree/b/2",
                        "tree/c",
                        "tree/empty/",
                        "tree/empty/deeper/");
    }

    @Test
    void walksTheSourcesInTheOrderGiven() throws Exception {
        file("z");
        file("a");
        assertThat(scan("z", "a").paths()).containsExactly("z", "a");
    }

    @Test
    void tellsSizeTimeAndPermissions() throws Exception {
        Path file = file("f");
        Instant modified = Instant.parse("2001-02-03T04:05:06.123456789Z");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x-w-"));
        Files.setLastModifiedTime(file, FileTime.from(modified));
        SourceEntry found = scan("f").found().getFirst();
        assertThat(found.size()).hasValue(1);
        assertThat(found.entry().attributes().modified()).contains(modified);
        assertThat(found.entry().attributes().mode()).hasValue(0752);
    }

    @Test
    void tellsMoreNamesThanItHoldsAtOnce() throws Exception {
        Path big = Files.createDirectory(dir.resolve("big"));
        int count = 2 * TreeScanner.BATCH + 7;
        for (int i = 0; i < count; i++) {
            Files.createFile(big.resolve("f" + i));
        }
        List<String> expected = new ArrayList<>(
                IntStream.range(0, count).mapToObj(i -> "big/f" + i).toList());
        expected.add("big/");
        assertThat(scan("big").paths()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void keepsLinksAsLinks() throws Exception {
        file("tree/d/f");
        link("tree/a", "d/f");
        link("tree/d/up", "../a");
        link("tree/dangling", "nowhere");
        assertThat(scan("tree").paths())
                .containsExactly(
                        "tree/",
                        "tree/a -> d/f",
                        "tree/d/",
                        "tree/d/f",
                        "tree/d/up -> ../a",
                        "tree/dangling -> nowhere");
    }

    @Test
    void failsALinkThatLeadsOutOfTheTransferAlone() throws Exception {
        file("tree/f");
        link("tree/out", "../../etc/passwd");
        link("tree/root", "/etc/passwd");
        Collector all = scan("tree");
        assertThat(all.paths()).containsExactly("tree/", "tree/f");
        assertThat(all.failed().keySet()).containsExactly("tree/out", "tree/root");
        assertThat(all.failed().values()).extracting(TransferException::code).containsOnly(ErrorCode.LINK_REFUSED);
    }

    @Test
    void leavesLinksOutIfAsked() throws Exception {
        file("tree/f");
        link("tree/l", "f");
        assertThat(scan(EntryFilter.EVERYTHING, Links.SKIP, "tree").paths()).containsExactly("tree/", "tree/f");
    }

    @Test
    void sendsWhatLinksLeadToIfAsked() throws Exception {
        file("other/x");
        file("tree/f");
        link("tree/file", "f");
        link("tree/folder", "../other");
        Collector all = scan(EntryFilter.EVERYTHING, Links.FOLLOW, "tree");
        assertThat(all.paths()).containsExactly("tree/", "tree/f", "tree/file", "tree/folder/", "tree/folder/x");
        assertThat(((SourceEntry.LocalFile) all.found().get(2)).path()).isEqualTo(real("tree/f"));
    }

    @Test
    void failsADirectoryThatLinksMakeAPartOfItself() throws Exception {
        file("tree/d/f");
        link("tree/d/loop", "..");
        link("tree/gone", "nowhere");
        Collector all = scan(EntryFilter.EVERYTHING, Links.FOLLOW, "tree");
        assertThat(all.paths()).containsExactly("tree/", "tree/d/", "tree/d/f");
        assertThat(all.failed().keySet()).containsExactly("tree/d/loop", "tree/gone");
        assertThat(all.failure("tree/gone").code()).isEqualTo(ErrorCode.SOURCE_VANISHED);
    }

    @Test
    void followsALinkThatIsNamedWhateverIsDoneWithOthers() throws Exception {
        file("real/f");
        link("alias", "real");
        assertThat(scan(EntryFilter.EVERYTHING, Links.SKIP, "alias").paths()).containsExactly("alias/", "alias/f");
    }

    @Test
    void leavesOutWhatHasNoContent() throws Exception {
        file("tree/f");
        run("mkfifo", dir.resolve("tree/pipe").toString());
        Collector all = scan("tree");
        assertThat(all.paths()).containsExactly("tree/", "tree/f");
        assertThat(all.leftOut()).containsExactly("tree/pipe");
        assertThat(all.failed()).isEmpty();
    }

    @Test
    void failsADirectoryThatCannotBeReadAlone() throws Exception {
        file("tree/f");
        Path closed = Files.createDirectory(dir.resolve("tree/closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Assumptions.assumeFalse(Files.isReadable(closed), "root reads everything");
        Collector all = scan("tree");
        assertThat(all.paths()).containsExactly("tree/", "tree/f");
        assertThat(all.failure("tree/closed").getMessage()).isEqualTo("tree/closed: permission denied");
    }

    @Test
    void failsANameThatIsNotUtf8Alone() throws Exception {
        file("tree/a");
        python("open(b'tree/bad\\xff.txt', 'w').close(); import os; os.mkdir(b'tree/d\\xc3'); "
                + "open(b'tree/d\\xc3/in', 'w').close(); os.symlink(b't\\xe4', 'tree/link')");
        Collector all = scan("tree");
        assertThat(all.paths()).containsExactly("tree/", "tree/a");
        assertThat(all.failed().keySet()).containsExactly("tree/bad\\xff.txt", "tree/d\\xc3", "tree/link");
        assertThat(all.failed().values()).extracting(TransferException::code).containsOnly(ErrorCode.SOURCE_NAME);
    }

    @Test
    void takesTheReplacementCharacterForAnHonestLetter() throws Exception {
        file("tree/\ufffd");
        assertThat(scan("tree").paths()).containsExactly("tree/", "tree/\ufffd");
    }

    @Test
    void failsWhatIsDeeperThanTheProtocolAllowsAlone() throws Exception {
        python("""
                import os
                os.mkdir('deep'); os.chdir('deep')
                for i in range(300):
                    os.mkdir('d'); os.chdir('d')
                open('f', 'w').close()
                """);
        Collector all = scan("deep");
        assertThat(all.failed()).hasSize(1);
        TransferException failure = all.failed().values().iterator().next();
        assertThat(failure.code()).isEqualTo(ErrorCode.SOURCE_NAME);
        assertThat(failure.why()).contains("levels deep");
        assertThat(all.found()).hasSizeGreaterThan(100);
    }

    @Test
    void leavesOutWhatIsExcludedWithoutLookingIntoIt() throws Exception {
        file("tree/cache/x");
        file("tree/a.log");
        file("tree/a.txt");
        assertThat(scan(filter(List.of(), List.of("cache/", "*.log")), Links.KEEP, "tree")
                        .paths())
                .containsExactly("tree/", "tree/a.txt");
    }

    @Test
    void sendsDirectoriesOnTheWayToWhatIsIncludedAndNoOthers() throws Exception {
        file("tree/a/b/x.jpg");
        file("tree/a/y.txt");
        file("tree/other/z.txt");
        file("tree/whole/raw/1");
        Files.createDirectories(dir.resolve("tree/whole/raw/empty"));
        assertThat(scan(filter(List.of("*.jpg", "raw"), List.of()), Links.KEEP, "tree")
                        .paths())
                .containsExactly(
                        "tree/",
                        "tree/a/",
                        "tree/a/b/",
                        "tree/a/b/x.jpg",
                        "tree/whole/",
                        "tree/whole/raw/",
                        "tree/whole/raw/1",
                        "tree/whole/raw/empty/");
    }

    @Test
    void includesWhatIsInAFollowedDirectory() throws Exception {
        file("other/x.jpg");
        Files.createDirectory(dir.resolve("tree"));
        link("tree/l", "../other");
        assertThat(scan(filter(List.of("*.jpg"), List.of()), Links.FOLLOW, "tree")
                        .paths())
                .containsExactly("tree/", "tree/l/", "tree/l/x.jpg");
    }

    @Test
    void endsSoonAfterTheConsumerIsClosed() throws Exception {
        for (int i = 0; i < 20; i++) {
            file("tree/d" + i + "/f");
        }
        Collector all = new Collector().closingAfter(5);
        new TreeScanner(EntryFilter.EVERYTHING, Links.KEEP, all).scan(roots("tree"));
        assertThat(all.found()).hasSize(5);
    }

    @Test
    void tellsStandardInputAsAFileOfUnknownSize() throws Exception {
        Collector all = new Collector();
        new TreeScanner(EntryFilter.EVERYTHING, Links.KEEP, all)
                .scan(SourceCheck.of(List.of(new Source.StandardInput("in.tar")))
                        .roots());
        assertThat(all.found().getFirst()).isInstanceOf(SourceEntry.StandardInput.class);
        assertThat(((Entry.File) all.found().getFirst().entry()).size()).isEmpty();
    }

    private Collector scan(String... names) throws Exception {
        return scan(EntryFilter.EVERYTHING, Links.KEEP, names);
    }

    private Collector scan(EntryFilter filter, Links links, String... names) throws Exception {
        Collector all = new Collector();
        new TreeScanner(filter, links, all).scan(roots(names));
        return all;
    }

    private List<Root> roots(String... names) throws Exception {
        List<Source> sources = new ArrayList<>();
        for (String name : names) {
            sources.add(new Source.Named(dir.resolve(name)));
        }
        SourceCheck check = SourceCheck.of(sources);
        assertThat(check.failures()).isEmpty();
        return check.roots();
    }

    private static EntryFilter filter(List<String> includes, List<String> excludes) throws Exception {
        List<Glob> in = new ArrayList<>();
        for (String include : includes) {
            in.add(Glob.parse(include));
        }
        List<Glob> out = new ArrayList<>();
        for (String exclude : excludes) {
            out.add(Glob.parse(exclude));
        }
        return new EntryFilter(in, out);
    }

    private Path file(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "x");
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(dir.resolve(name), Path.of(target));
    }

    private Path real(String name) throws IOException {
        return dir.resolve(name).toRealPath();
    }

    private void python(String program) throws Exception {
        run("python3", "-c", program);
    }

    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(entry(process.waitFor(), output)).isEqualTo(entry(0, ""));
    }
}
