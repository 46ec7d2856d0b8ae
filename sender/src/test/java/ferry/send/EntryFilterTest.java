package ferry.send;

import static ferry.send.EntryFilter.Choice.LEFT_OUT;
import static ferry.send.EntryFilter.Choice.SEARCHED;
import static ferry.send.EntryFilter.Choice.TAKEN;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.EntryKind;
import ferry.entry.Glob;
import ferry.entry.RelativePath;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryFilterTest {
    @Test
    void takesEverythingWithoutPatterns() throws Exception {
        EntryFilter filter = EntryFilter.EVERYTHING;
        assertThat(filter.choose(filter.top(), RelativePath.parse("a"), EntryKind.FILE))
                .isEqualTo(TAKEN);
    }

    @Test
    void takesOnlyWhatIsIncludedAndSearchesDirectoriesForIt() throws Exception {
        EntryFilter filter = filter(List.of("*.jpg"), List.of());
        assertThat(filter.choose(filter.top(), RelativePath.parse("d"), EntryKind.DIRECTORY))
                .isEqualTo(SEARCHED);
        assertThat(filter.choose(SEARCHED, RelativePath.parse("d/a.jpg"), EntryKind.FILE))
                .isEqualTo(TAKEN);
        assertThat(filter.choose(SEARCHED, RelativePath.parse("d/a.jpg"), EntryKind.LINK))
                .isEqualTo(TAKEN);
        assertThat(filter.choose(SEARCHED, RelativePath.parse("d/a.txt"), EntryKind.FILE))
                .isEqualTo(LEFT_OUT);
    }

    @Test
    void takesAllThatIsInAnIncludedDirectory() throws Exception {
        EntryFilter filter = filter(List.of("d"), List.of());
        EntryFilter.Choice directory = filter.choose(filter.top(), RelativePath.parse("d"), EntryKind.DIRECTORY);
        assertThat(directory).isEqualTo(TAKEN);
        assertThat(filter.choose(directory, RelativePath.parse("d/a.txt"), EntryKind.FILE))
                .isEqualTo(TAKEN);
    }

    @Test
    void leavesOutWhatIsExcludedEvenIfItIsIncluded() throws Exception {
        EntryFilter filter = filter(List.of("*.jpg"), List.of("raw*", "cache/"));
        assertThat(filter.choose(TAKEN, RelativePath.parse("d/raw1.jpg"), EntryKind.FILE))
                .isEqualTo(LEFT_OUT);
        assertThat(filter.choose(TAKEN, RelativePath.parse("d/cache"), EntryKind.DIRECTORY))
                .isEqualTo(LEFT_OUT);
        assertThat(filter.choose(TAKEN, RelativePath.parse("d/cache"), EntryKind.FILE))
                .isEqualTo(TAKEN);
    }

    private static EntryFilter filter(List<String> includes, List<String> excludes) throws Exception {
        return new EntryFilter(globs(includes), globs(excludes));
    }

    private static List<Glob> globs(List<String> texts) throws Exception {
        List<Glob> globs = new ArrayList<>();
        for (String text : texts) {
            globs.add(Glob.parse(text));
        }
        return globs;
    }
}
