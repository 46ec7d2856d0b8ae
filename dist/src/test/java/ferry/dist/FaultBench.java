package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.dist.FaultyNetwork.Division;
import ferry.dist.FaultyNetwork.Plan;
import ferry.dist.FaultyNetwork.Unit;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.receive.ReceiveRun;
import ferry.send.SendRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A tree, one receiver in this process, and senders to it through networks that fail once. Each case sends the tree under a name
 * of its own, so that many go on at once; what must be true afterwards is the same in all. Closing it stops the receiver.
 */
final class FaultBench implements AutoCloseable {
    /** How long a side may be silent: as short as a busy machine bears. */
    private static final String TIMEOUT = "3s";

    private static final int AT_ONCE = 16;
    private static final int SMALL = 1_000;
    private static final int LARGE = 200_000;

    /** Something that happens on the way. */
    record Case(String name, Plan plan, Set<ExitStatus> expected) {}

    /** How a case ended. */
    record Ending(Case of, boolean hasStruck, ExitStatus status, List<String> problems) {
        @Override
        public String toString() {
            return of.name() + ": " + status + " " + problems;
        }
    }

    private final Path folder;
    private final Path tree;
    private final Path out;
    private final Map<String, String> environment;
    private final List<String> options;
    private final Division division;
    private final ReceiveRun receiver;
    private final Queue<TransferEvent.Completed> told = new ConcurrentLinkedQueue<>();
    private final Set<TransferEvent.Completed> looked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();

    private FaultBench(Path folder, Division division, String receiving, List<String> sending)
            throws IOException, TransferException {
        this.folder = folder;
        this.tree = folder.resolve("tree");
        this.out = folder.resolve("out");
        this.options = sending;
        this.division = division;
        this.environment = Map.of(
                "XDG_CONFIG_HOME", folder.resolve("config").toString(),
                "XDG_STATE_HOME", folder.resolve("state").toString());
        makeTree();
        this.receiver = ReceiveRun.start(
                environment,
                this::note,
                "--dir",
                out,
                "--listen",
                "127.0.0.1:0",
                "--on-conflict",
                "overwrite",
                "--timeout",
                TIMEOUT,
                receiving);
    }

    static FaultBench plain(Path folder, Division division) throws IOException, TransferException {
        return new FaultBench(folder, division, "--plain-only", List.of("--plain"));
    }

    static FaultBench encrypted(Path folder) throws IOException, TransferException {
        return new FaultBench(folder, Division.BYTES, "--no-plain", List.of());
    }

    /** Every kind of frame comes of it: small files and large ones, some there already, a directory and a link. */
    private void makeTree() throws IOException {
        Random random = new Random(20260102);
        Files.createDirectories(tree.resolve("empty directory"));
        write(tree.resolve("small"), random, SMALL);
        write(tree.resolve("large"), random, LARGE);
        write(tree.resolve("same"), random, LARGE);
        write(tree.resolve("changed"), random, LARGE);
        write(tree.resolve("nothing"), random, 0);
        Files.createSymbolicLink(tree.resolve("link"), Path.of("large"));
        Files.setPosixFilePermissions(tree.resolve("small"), PosixFilePermissions.fromString("rwxr-x--x"));
        for (String directory : List.of("empty directory", "")) {
            Files.setLastModifiedTime(
                    tree.resolve(directory), FileTime.from(Instant.parse("2020-02-02T02:02:02.123456789Z")));
        }
    }

    private static void write(Path file, Random random, int size) throws IOException {
        byte[] content = new byte[size];
        random.nextBytes(content);
        Files.write(file, content);
    }

    /** What passes in a transfer that nothing disturbs. */
    List<FaultyNetwork.Passed> undisturbed() throws IOException {
        Plan nothing = new Plan(new Unit(FaultyNetwork.From.SENDER, 0), 0, (_, _) -> {});
        Path source = prepare();
        try (FaultyNetwork network = FaultyNetwork.to(receiver.port(), division, nothing)) {
            assertThat(send(source, network.endpoint())).isEqualTo(ExitStatus.DONE);
            return network.passed();
        }
    }

    /** Runs these, many at once. */
    List<Ending> run(List<Case> cases) throws InterruptedException {
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Ending>> futures =
                    cases.stream().map(each -> pool.submit(() -> run(each))).toList();
            pool.shutdown();
            if (!pool.awaitTermination(150, TimeUnit.SECONDS)) {
                Hang.fail("cases hang");
            }
            List<Ending> endings = new ArrayList<>();
            for (Future<Ending> future : futures) {
                endings.add(future.get());
            }
            return endings;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private Ending run(Case each) throws IOException {
        Path source = prepare();
        List<String> problems = new ArrayList<>();
        boolean hasStruck;
        ExitStatus status;
        try (FaultyNetwork network = FaultyNetwork.to(receiver.port(), division, each.plan())) {
            status = send(source, network.endpoint());
            hasStruck = network.hasStruck();
        }
        if (hasStruck && !each.expected().contains(status)) {
            problems.add("expected " + each.expected());
        }
        look(source, problems);
        ExitStatus again = send(source, "127.0.0.1:" + receiver.port());
        if (again != ExitStatus.DONE) {
            problems.add("the second send: " + again);
        }
        SortedMap<String, String> sent = Tree.of(tree);
        SortedMap<String, String> arrived = Tree.of(out.resolve(source.getFileName()));
        if (!sent.equals(arrived)) {
            problems.add("sent " + sent + ", arrived " + arrived);
        }
        return new Ending(each, hasStruck, status, problems);
    }

    /** The tree under a new name, and what the receiver has of it before. */
    private Path prepare() throws IOException {
        String name = "case-" + numbers.incrementAndGet();
        Path there = Files.createDirectories(out.resolve(name));
        Files.copy(tree.resolve("same"), there.resolve("same"));
        byte[] other = Files.readAllBytes(tree.resolve("changed"));
        other[other.length / 2] ^= 1;
        Files.write(there.resolve("changed"), other);
        return Files.createSymbolicLink(folder.resolve(name), tree);
    }

    private ExitStatus send(Path source, String target) {
        List<Object> arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--timeout", TIMEOUT, "--retries", 0, source, target));
        return SendRun.of(environment, this::note, arguments.toArray());
    }

    private void note(TransferEvent event) {
        if (event instanceof TransferEvent.Completed completed && completed.kind() == EntryKind.FILE) {
            told.add(completed);
        }
    }

    /** Whatever has a name is whole, and whatever has a receipt is there. */
    private void look(Path source, List<String> problems) throws IOException {
        Path arrived = out.resolve(source.getFileName());
        SortedMap<String, String> there = Tree.of(arrived);
        for (String name : there.keySet()) {
            Path file = arrived.resolve(name);
            if (!Files.exists(tree.resolve(name))) {
                problems.add("nobody sent " + name);
            } else if (Files.isRegularFile(file) && !isWhole(name, file)) {
                problems.add("not whole: " + name + " " + there.get(name));
            }
        }
        for (TransferEvent.Completed receipt : told) {
            if (receipt.placed().toString().startsWith(source.getFileName() + "/") && looked.add(receipt)) {
                look(receipt, problems);
            }
        }
    }

    private boolean isWhole(String name, Path file) throws IOException {
        boolean isAsBefore = name.equals("changed") && Files.size(file) == LARGE && differsInOneByte(file);
        return isAsBefore || Files.mismatch(file, tree.resolve(name)) < 0;
    }

    private boolean differsInOneByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        return Arrays.equals(bytes, Files.readAllBytes(tree.resolve("changed")));
    }

    private void look(TransferEvent.Completed receipt, List<String> problems) throws IOException {
        Path place = out.resolve(receipt.placed().toString());
        Path source = folder.resolve(receipt.path().toString());
        boolean isThere = Files.exists(place)
                && Files.mismatch(place, source) < 0
                && receipt.durability() == Durability.DURABLE
                && "%08x".formatted(receipt.crc32c().orElseThrow()).equals(Tree.crc32c(place));
        if (!isThere) {
            problems.add("a receipt that is not true: " + receipt);
        }
    }

    /** Stops the receiver, and looks that nothing is left of what broke off. */
    @Override
    public void close() {
        assertThat(receiver.stop()).isEqualTo(ExitStatus.DONE);
        try {
            List<String> problems = new ArrayList<>();
            for (TransferEvent.Completed receipt : told) {
                look(receipt, problems);
            }
            assertThat(problems).isEmpty();
            Path own = out.resolve(".ferry");
            assertThat(Files.exists(own) ? Tree.of(own) : Map.of()).isEmpty();
            List<Path> stray = new ArrayList<>();
            try (var names = Files.newDirectoryStream(
                    out, path -> !path.getFileName().toString().startsWith("case-"))) {
                names.forEach(stray::add);
            }
            assertThat(stray).as("nobody sent these").isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
