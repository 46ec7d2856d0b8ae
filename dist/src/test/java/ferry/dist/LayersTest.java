package ferry.dist;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keeps the layers apart. An exception to a rule belongs here, with its reason.
 *
 * <p>Every package has a {@code package-info} class, so ArchUnit, which refuses a rule that is about no class at all,
 * would notice a package that was renamed or misspelt.
 */
final class LayersTest {
    private static final JavaClasses FERRY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("ferry");

    private static final List<String> COMMON =
            List.of("ferry.error", "ferry.entry", "ferry.wire", "ferry.trust", "ferry.net", "ferry.event", "ferry.cli");

    /** What of Ferry each package may use beside itself. */
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "ferry.error", List.of(),
            "ferry.entry", List.of("ferry.error"),
            "ferry.wire", List.of("ferry.entry", "ferry.error"),
            "ferry.trust", List.of("ferry.wire", "ferry.entry", "ferry.error"),
            "ferry.net", List.of("ferry.trust", "ferry.wire", "ferry.error"),
            "ferry.event", List.of("ferry.entry", "ferry.error"),
            "ferry.cli", List.of("ferry.event", "ferry.net", "ferry.trust", "ferry.entry", "ferry.error"),
            "ferry.send", COMMON,
            "ferry.receive", COMMON);

    private static final DescribedPredicate<JavaClass> COMMANDS = classesNamed(
            "are the commands",
            "ferry.send.SendCommand",
            "ferry.send.ModeOptions",
            "ferry.receive.ReceiveCommand",
            "ferry.receive.AccessOptions",
            "ferry.receive.StagingSettings");

    private static final DescribedPredicate<JavaClass> SOCKETS_AND_FILES = describe(
            "touch sockets or files",
            type -> type.getName()
                    .matches("java\\.(net|nio\\.file)\\..*"
                            + "|java\\.io\\.(File|RandomAccessFile).*"
                            + "|java\\.nio\\.channels\\.(.*Socket.*|Datagram.*|Asynchronous.*|File.*|Select.*)"
                            + "|org\\.apache\\.commons\\.io\\..*"));

    /** A path is a name until somebody opens it, and these know only what a file system's names look like. */
    private static final DescribedPredicate<JavaClass> NAMES_OF_FILES = classesNamed(
            "are names of files",
            "java.nio.file.Path",
            "java.nio.file.InvalidPathException",
            "java.nio.file.FileSystem",
            "org.apache.commons.io.FileSystem");

    static Set<String> packages() {
        return new TreeSet<>(MAY_USE.keySet());
    }

    @Test
    void everyPackageHasItsPlace() {
        assertThat(FERRY.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(packages());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyTheLayersBelow(String name) {
        String[] allowed = Stream.concat(Stream.of(name), MAY_USE.getOrDefault(name, List.of()).stream())
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(name)
                .should()
                .dependOnClassesThat(resideInAPackage("ferry..").and(not(resideInAnyPackage(allowed))))
                .check(FERRY);
    }

    @Test
    void framesTouchNoSocketAndNoDisk() {
        noClasses()
                .that()
                .resideInAPackage("ferry.wire")
                .should()
                .dependOnClassesThat(SOCKETS_AND_FILES)
                .check(FERRY);
    }

    @Test
    void entriesTouchNoSocketAndNoDiskButMakePaths() {
        noClasses()
                .that()
                .resideInAPackage("ferry.entry")
                .should()
                .dependOnClassesThat(SOCKETS_AND_FILES.and(not(NAMES_OF_FILES)))
                .orShould()
                .callMethod(Path.class, "toRealPath", LinkOption[].class)
                .check(FERRY);
    }

    @Test
    void onlyTheFaceAndTheCommandsKnowPicocli() {
        classes()
                .that(not(resideInAPackage("ferry.cli").or(COMMANDS)))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("picocli..")))
                .check(FERRY);
    }

    @Test
    void onlyTheFaceKnowsProgressBarsJsonAndSignals() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ferry.cli")
                .should()
                .dependOnClassesThat(resideInAnyPackage("me.tongfei..", "tools.jackson..", "sun.."))
                .check(FERRY);
    }

    @Test
    void onlyTheCodecKnowsZstd() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ferry.wire")
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.github.luben.."))
                .check(FERRY);
    }

    @Test
    void onlyTheConsolePrints() {
        noClasses()
                .that(not(classesNamed("are the console", "ferry.cli.Console")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(FERRY);
    }

    /** These and what is nested in them, by name, since they are not public. */
    private static DescribedPredicate<JavaClass> classesNamed(String description, String... names) {
        Set<String> wanted = Set.of(names);
        return describe(description, type -> wanted.contains(type.getName().replaceFirst("\\$.*", "")));
    }
}
