package ferry.dist;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

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
}
