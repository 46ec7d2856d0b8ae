package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            # pattern     | path               | matches
            *.log         | a.log              | true
            *.log         | deep/down/a.log    | true
            *.log         | a.log.gz           | false
            *.log         | logs/a.txt         | false
            cache         | a/cache            | true
            cache         | cache              | true
            cache         | a/cache/b          | false
            cache         | mycache            | false
            a/b           | a/b                | true
            a/b           | x/a/b              | true
            a/b           | xa/b               | false
            /a/b          | a/b                | true
            /a/b          | x/a/b              | false
            /*.txt        | a.txt              | true
            /*.txt        | d/a.txt            | false
            a/*/c         | a/b/c              | true
            a/*/c         | a/b/b/c            | false
            a/**/c        | a/c                | true
            a/**/c        | a/b/b/c            | true
            a/**/c        | ab/c               | false
            a/**          | a/b/c              | true
            a/**          | a                  | false
            **/c          | c                  | true
            **            | a/b                | true
            a?c           | abc                | true
            a?c           | a/c                | false
            a?c           | a😀c               | true
            [abc].txt     | b.txt              | true
            [abc].txt     | d.txt              | false
            [a-c1-3]      | 2                  | true
            [!a-c]        | d                  | true
            [^a-c]        | b                  | false
            x[!a]y        | x/y                | false
            []x]          | ]                  | true
            [a-]          | -                  | true
            [\\]]         | ]                  | true
            *.{jpg,png}   | a.png              | true
            *.{jpg,png}   | a.gif              | false
            a,b           | a,b                | true
            a}            | a}                 | true
            \\*           | *                  | true
            \\*           | a                  | false
            \\[x]         | [x]                | true
            a.c           | abc                | false
            a+(b)$^       | a+(b)$^            | true
            A             | a                  | false
            größe         | d/größe            | true
            """)
    void matchesAsAShellWould(String pattern, String path, boolean matches) throws Exception {
        assertThat(Glob.parse(pattern).matches(RelativePath.parse(path), EntryKind.FILE))
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"cache/,true,false", "/a/cache/,true,false", "cache,true,true"})
    void matchesDirectoriesOnlyWithASlashAtTheEnd(String pattern, boolean directory, boolean file) throws Exception {
        RelativePath path = RelativePath.parse("a/cache");
        assertThat(Glob.parse(pattern).matches(path, EntryKind.DIRECTORY)).isEqualTo(directory);
        assertThat(Glob.parse(pattern).matches(path, EntryKind.FILE)).isEqualTo(file);
    }

    @ParameterizedTest
    @CsvSource({
        "*.conf,    d/X.CONF,    true",
        "*.CONF,    x.conf,      true",
        "keys/,     keys,        true",
        "[!a-z],    A,           true",
        "[A-C],     b,           true",
        "café,      CAFE\u0301, true",
        "cafe\u0301, caf\u00e9, true",
        "ΟΔΟΣ,      οδος,        true",
        "*.conf,    x.config,    false",
        "/keys/,    a/keys,      false",
        "a?c,       A/C,         false",
    })
    void guardsWhatAFileSystemMayTakeForTheName(String pattern, String path, boolean guards) throws Exception {
        assertThat(Glob.parse(pattern).guards(RelativePath.parse(path))).isEqualTo(guards);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.txt", "?", "a*", "[\n]", "\n", "**"})
    void takesALineFeedForACharacterLikeOthers(String pattern) throws Exception {
        String name = pattern.equals("*.txt") ? "a\nb.txt" : pattern.equals("a*") ? "a\n" : "\n";
        assertThat(Glob.parse(pattern).matches(RelativePath.parse(name), EntryKind.FILE))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "[a", "[", "[]", "{a", "{a,{b}}", "a\\", "[z-a]", "[a-\\"})
    void refusesAPatternThatIsNone(String pattern) {
        assertThatThrownBy(() -> Glob.parse(pattern)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
            assertThat(e.what()).isEqualTo("pattern '" + pattern + "'");
        });
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            `x{a,b,}y{*.c,**/d}`, xby1.c, true
            `x{a,b,}y{*.c,**/d}`, xy1.c, true
            `x{a,b,}y{*.c,**/d}`, xay/1/d, true
            `x{a,b,}y{*.c,**/d}`, xayd, true
            `x{a,b,}y{*.c,**/d}`, xab1.c, false
            `{a}`, a, true
            `{a}`, b, false
            `{}`, b, false
            `{a,b}{c,d}`, bc, true
            `{a,b}{c,d}`, ab, false
            """)
    void choosesOneOfSeveral(String pattern, String path, boolean matches) throws Exception {
        assertThat(Glob.parse(pattern).matches(RelativePath.parse(path), EntryKind.FILE))
                .isEqualTo(matches);
    }

    @Test
    void takesLittleTimeForWhateverTextAndPattern() throws Exception {
        RelativePath deep = RelativePath.parse("a/".repeat(254) + "a".repeat(255));
        long start = System.nanoTime();
        for (String pattern : List.of("**/a/**/a/**/a/**/a/**/b", "**a**a**a**a**a**a**b", "*a*a*a*a*a*a*a*a*b")) {
            assertThat(Glob.parse(pattern).matches(deep, EntryKind.FILE)).isFalse();
        }
        // Milliseconds; what tries one way after the other takes years.
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    }
}
