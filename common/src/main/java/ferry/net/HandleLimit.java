package ferry.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many file handles this process may have. */
public final class HandleLimit {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT_LIMIT = Pattern.compile("Max open files\\s+(\\d+|unlimited)\\s.*");

    /** Where there is no /proc: what the JDK asks for on macOS. */
    private static final long ELSEWHERE = 10_240;

    private HandleLimit() {}

    /**
     * Asks Linux's /proc, since the JDK's answer lives in a management module that would make the runtime larger and its start
     * slower.
     */
    public static long ofProcess() {
        try {
            return parse(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            return ELSEWHERE;
        }
    }

    static long parse(List<String> limits) {
        for (String line : limits) {
            Matcher matcher = SOFT_LIMIT.matcher(line);
            if (matcher.matches()) {
                return matcher.group(1).equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(matcher.group(1));
            }
        }
        return ELSEWHERE;
    }
}
