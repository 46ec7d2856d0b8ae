package ferry.dist;

import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Says where everything stands when a test hangs. Stateless. */
final class Hang {
    private Hang() {}

    /** Fails, and shows the threads of this process, virtual ones too. */
    static void fail(String what) {
        try {
            Path dump = Files.createTempFile("ferry-hang", ".txt");
            Files.delete(dump);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            throw new AssertionError(what + ":\n" + Files.readString(dump));
        } catch (IOException e) {
            throw new AssertionError(what, e);
        }
    }

    /** Waits for the end of a process, and if it does not come, has all of these print where their threads stand. */
    static Result awaitEnd(Duration patience, RunningProcess process, RunningProcess... others) {
        long end = System.nanoTime() + patience.toNanos();
        await().atMost(patience.plusSeconds(10))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !process.isAlive() || System.nanoTime() > end);
        if (!process.isAlive()) {
            return process.awaitEnd();
        }
        StringBuilder threads = new StringBuilder("still running after " + patience);
        for (RunningProcess each :
                Stream.concat(Stream.of(process), Stream.of(others)).toList()) {
            each.signal("CONT");
            each.signal("QUIT");
            await().until(() -> each.soFar().output().contains("Full thread dump"));
            threads.append('\n').append(each.soFar().output());
        }
        throw new AssertionError(threads.toString());
    }
}
