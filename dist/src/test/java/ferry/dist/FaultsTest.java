package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.dist.FaultBench.Case;
import ferry.dist.FaultBench.Ending;
import ferry.dist.FaultyNetwork.Division;
import ferry.dist.FaultyNetwork.Fault;
import ferry.dist.FaultyNetwork.From;
import ferry.dist.FaultyNetwork.Passed;
import ferry.dist.FaultyNetwork.Plan;
import ferry.dist.FaultyNetwork.Unit;
import ferry.error.ExitStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that can happen to a connection, at every state of the protocol and in both directions. After each fault a second
 * {@code send} must end with identical trees; meanwhile nothing partial may have a real name, and every receipt must be true.
 */
@Timeout(170)
class FaultsTest {
    private static final Set<ExitStatus> LOST = EnumSet.of(ExitStatus.NETWORK, ExitStatus.DONE);
    private static final Set<ExitStatus> CAUGHT = EnumSet.of(ExitStatus.INTEGRITY);
    private static final Set<ExitStatus> GARBLED =
            EnumSet.of(ExitStatus.NETWORK, ExitStatus.PROTOCOL, ExitStatus.INTEGRITY, ExitStatus.DONE);

    /** TLS may find out while nobody is known yet; behind the last answer nothing matters any more. */
    private static final Set<ExitStatus> BROKEN_TLS = EnumSet.of(
            ExitStatus.NETWORK, ExitStatus.ACCESS, ExitStatus.PROTOCOL, ExitStatus.INTEGRITY, ExitStatus.DONE);

    /** At so many points of either direction. */
    private static final int POINTS = 24;

    private static final int PREFACE_BYTES = 8;

    /** Where a frame says how long it is: with another length what follows is taken for something else. */
    private static final int LENGTHS_BEGIN = 2;

    private static final int LENGTHS_END = 8;

    @TempDir(factory = InMemory.class)
    private Path folder;

    @Test
    void aConnectionThatIsCutAtAnyStateLosesNothing() throws Exception {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("cut before", (_, line) -> line.cut());
        faults.put("cut inside", (bytes, line) -> {
            line.pass(bytes, 0, bytes.length / 2);
            line.cut();
        });
        faults.put("cut after", (bytes, line) -> {
            line.pass(bytes);
            line.cut();
        });
        everywhere(faults, LOST);
    }

    @Test
    void aConnectionThatIsResetAtAnyStateLosesNothing() throws Exception {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("reset before", (_, line) -> line.reset());
        faults.put("reset inside", (bytes, line) -> {
            line.pass(bytes, 0, bytes.length / 2);
            line.reset();
        });
        faults.put("reset after", (bytes, line) -> {
            line.pass(bytes);
            line.reset();
        });
        everywhere(faults, LOST);
    }

    /** "Stalls at the end with no word" (magic-wormhole #722, croc #914). */
    @Test
    void aConnectionThatStallsAtAnyStateIsGivenUp() throws Exception {
        everywhere(
                Map.of("stall before", (_, line) -> line.stall(), "stall inside", (bytes, line) -> {
                    line.pass(bytes, 0, bytes.length / 2);
                    line.stall();
                }),
                LOST);
    }

    @Test
    void bytesThatComeTwiceAreCaught() throws Exception {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("twice", (bytes, line) -> {
            line.pass(bytes);
            line.pass(bytes);
        });
        faults.put("its last byte twice", (bytes, line) -> {
            line.pass(bytes);
            line.pass(bytes, bytes.length - 1, bytes.length);
        });
        everywhere(faults, GARBLED);
    }

    /** A frame without its end is filled up by what comes behind it, and if that is nothing, by keep-alives. */
    @Test
    void bytesThatAreLostAreCaught() throws Exception {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("its end lost", (bytes, line) -> line.pass(bytes, 0, bytes.length / 2));
        faults.put("its last byte lost", (bytes, line) -> line.pass(bytes, 0, bytes.length - 1));
        everywhere(faults, GARBLED);
    }

    @Test
    void aFlippedBitInAnyByteOfAnyKindOfFrameIsCaught() throws Exception {
        try (FaultBench bench = FaultBench.plain(folder, Division.FRAMES)) {
            Map<Unit, Integer> lengths = bench.undisturbed().stream()
                    .collect(Collectors.toMap(Passed::unit, Passed::length, (first, _) -> first));
            List<Case> cases = new ArrayList<>();
            lengths.forEach((unit, length) -> {
                for (int at = 0; at < Math.min(length, 64); at++) {
                    cases.add(flip(unit, at));
                }
                if (length > 64) {
                    cases.add(flip(unit, length / 2));
                    cases.add(flip(unit, length - 1));
                }
            });
            report(bench.run(cases));
        }
    }

    /** With another first byte a preface is the beginning of a classic file's name, and no such file may come of it. */
    @Test
    void aFlippedBitInThePrefaceMakesNoFile() throws Exception {
        Unit bytes = new Unit(From.SENDER, Unit.BYTES);
        try (FaultBench bench = FaultBench.plain(folder, Division.BYTES)) {
            report(bench.run(IntStream.range(0, Byte.SIZE * PREFACE_BYTES)
                    .mapToObj(bit -> new Case(
                            "bit " + bit, new Plan(bytes, 0, flipping(bit / Byte.SIZE, bit % Byte.SIZE)), GARBLED))
                    .toList()));
        }
    }

    private static Case flip(Unit unit, int at) {
        int bit = at % Byte.SIZE;
        boolean mayBeMisunderstood =
                unit.type() == Unit.PREFACE || at == 0 || (at >= LENGTHS_BEGIN && at < LENGTHS_END);
        return new Case(
                "%s, bit %d of byte %d".formatted(unit, bit, at),
                new Plan(unit, 0, flipping(at, bit)),
                mayBeMisunderstood ? GARBLED : CAUGHT);
    }

    /** Frames of one kind differ in length between runs: in one that is too short it is the last byte, of the checksum. */
    private static Fault flipping(int at, int bit) {
        return (bytes, line) -> {
            byte[] changed = bytes.clone();
            changed[Math.min(at, bytes.length - 1)] ^= (byte) (1 << bit);
            line.pass(changed);
        };
    }

    /** Inside TLS nobody can tell frames apart: so it happens to the handshake and to kilobytes all along. */
    @Test
    void nothingThatHappensToAnEncryptedConnectionLosesAnything() throws Exception {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put(
                "a bit flipped", (bytes, line) -> flipping(bytes.length / 2, 3).strike(bytes, line));
        faults.put("cut", (bytes, line) -> {
            line.pass(bytes, 0, bytes.length / 2);
            line.cut();
        });
        faults.put("reset", (bytes, line) -> {
            line.pass(bytes, 0, bytes.length / 2);
            line.reset();
        });
        faults.put("twice", (bytes, line) -> {
            line.pass(bytes);
            line.pass(bytes);
        });
        try (FaultBench bench = FaultBench.encrypted(folder)) {
            Map<Unit, Integer> counts =
                    bench.undisturbed().stream().collect(Collectors.toMap(Passed::unit, _ -> 1, Integer::sum));
            List<Case> cases = new ArrayList<>();
            counts.forEach((unit, count) -> IntStream.range(0, POINTS)
                    .map(point -> point * count / POINTS)
                    .distinct()
                    .forEach(occurrence -> faults.forEach((name, fault) -> cases.add(new Case(
                            "%s %s %d of %d".formatted(name, unit, occurrence, count),
                            new Plan(unit, occurrence, fault),
                            BROKEN_TLS)))));
            report(bench.run(cases));
        }
    }

    /** Each fault, at the first and the last frame of each kind. */
    private void everywhere(Map<String, Fault> faults, Set<ExitStatus> expected) throws Exception {
        try (FaultBench bench = FaultBench.plain(folder, Division.FRAMES)) {
            Map<Unit, Integer> counts =
                    bench.undisturbed().stream().collect(Collectors.toMap(Passed::unit, _ -> 1, Integer::sum));
            List<Case> cases = new ArrayList<>();
            counts.forEach((unit, count) -> {
                for (int occurrence : count > 1 ? List.of(0, count - 1) : List.of(0)) {
                    faults.forEach((name, fault) -> cases.add(new Case(
                            "%s %s %d".formatted(name, unit, occurrence),
                            new Plan(unit, occurrence, fault),
                            expected)));
                }
            });
            report(bench.run(cases));
        }
    }

    private static void report(List<Ending> endings) {
        long struck = endings.stream().filter(Ending::hasStruck).count();
        assertThat(endings.stream().filter(ending -> !ending.problems().isEmpty()))
                .isEmpty();
        assertThat(endings.stream()
                        .filter(Ending::hasStruck)
                        .map(ending -> ending.of().plan().unit()))
                .as("kinds of frames to which something happened")
                .containsAll(endings.stream()
                        .map(ending -> ending.of().plan().unit())
                        .toList());
        // Answers go out together as they come, so that some runs have fewer units than the one that was counted.
        assertThat(struck).as("cases in which it happened").isGreaterThan(endings.size() / 2L);
    }
}
