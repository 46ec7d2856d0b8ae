package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The receiver as a service of systemd, as far as it can be seen without one that runs. */
final class ServiceIT {
    /** In tenths, on systemd's scale from 0 to 10; 1.5 is what it calls OK. */
    private static final int MOST_EXPOSURE = 15;

    private static final Path UNIT = Command.program("receive")
            .resolve("../../share/systemd/ferry-receive.service")
            .normalize();

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void theUnitIsHardlyExposed() {
        Result result = Command.of(
                        "systemd-analyze",
                        "security",
                        "--offline=true",
                        "--threshold=" + MOST_EXPOSURE,
                        "--no-pager",
                        UNIT)
                .run();

        assertThat(result.expect(0).output()).contains("Overall exposure level for ferry-receive.service");
    }

    /** As {@code ProcSubset=pid} in the unit does. */
    @Test
    void receivesWhereTheTableOfMountsIsHidden() throws Exception {
        Path out = bench.path("out");
        Path file = bench.file("report.pdf", 100_000);
        String hideMounts = "mount -t proc -o subset=pid proc /proc";
        Object[] sandbox = {"unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"};
        assumeTrue(
                Command.of("true").after(hideMounts).under(sandbox).run().status() == 0,
                "this machine lets its users make a sandbox");
        Command hidden = Command.receive("--json", "--listen", "localhost:0", "--dir", out)
                .after(hideMounts)
                .under(sandbox);
        try (RunningReceive receive = RunningReceive.start(hidden, out)) {
            Command.send(file, receive.endpoint()).run().expect(0);
        }

        assertThat(Files.mismatch(file, out.resolve("report.pdf"))).isEqualTo(-1);
    }
}
