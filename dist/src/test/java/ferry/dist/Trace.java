package ferry.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code strace -f -y} has written down of a process: its system calls, and which had ended when others began. Immutable. */
final class Trace {
    /** Those that change a disk's names and content, or make them durable, or tell somebody. */
    static final String CALLS = "trace=pwrite64,write,writev,fsync,fdatasync,link,linkat,rename,renameat,renameat2,"
            + "mkdir,mkdirat,unlink,unlinkat,copy_file_range";

    private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)");
    private static final Pattern WHOLE = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+|\\?).*");
    private static final Pattern BEGUN = Pattern.compile("(\\w+)\\((.*?) *<unfinished \\.\\.\\.>");
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)\\) += (-?\\d+|\\?).*");

    /**
     * A system call.
     *
     * @param begun the line on which it began
     * @param ended the line on which it ended
     * @param isInjected whether its failure was wanted by the test
     */
    record Call(String name, String arguments, boolean hasSucceeded, boolean isInjected, int begun, int ended) {
        boolean isSync() {
            return name.equals("fsync") || name.equals("fdatasync");
        }

        boolean isSyncOf(Path path) {
            return isSync() && arguments.endsWith("<" + path + ">");
        }

        boolean isPlacing() {
            return name.startsWith("link") || name.startsWith("rename");
        }

        boolean isWrite() {
            return name.contains("write") || name.equals("copy_file_range");
        }

        boolean isBefore(Call other) {
            return ended < other.begun;
        }
    }

    private final List<Call> calls;

    private Trace(List<Call> calls) {
        this.calls = List.copyOf(calls);
    }

    /** Reads what strace wrote; lines that are no calls, such as those of signals, are left out. */
    static Trace read(Path file) throws IOException {
        List<Call> calls = new ArrayList<>();
        Map<String, Integer> begun = new HashMap<>();
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < lines.size(); i++) {
            Matcher line = LINE.matcher(lines.get(i));
            if (!line.matches()) {
                continue;
            }
            String thread = line.group(1);
            String text = line.group(2);
            Matcher resumed = RESUMED.matcher(text);
            Matcher whole = WHOLE.matcher(text);
            if (BEGUN.matcher(text).matches()) {
                begun.put(thread, i);
            } else if (resumed.matches() && begun.containsKey(thread)) {
                int start = begun.remove(thread);
                Matcher first = BEGUN.matcher(LINE.matcher(lines.get(start)).replaceFirst("$2"));
                String arguments = (first.matches() ? first.group(2) : "") + resumed.group(2);
                calls.add(call(resumed.group(1), arguments, resumed.group(3), text, start, i));
            } else if (whole.matches()) {
                calls.add(call(whole.group(1), whole.group(2), whole.group(3), text, i, i));
            }
        }
        return new Trace(calls);
    }

    private static Call call(String name, String arguments, String result, String text, int begun, int ended) {
        return new Call(name, arguments.strip(), !result.startsWith("-"), text.contains("(INJECTED)"), begun, ended);
    }

    Stream<Call> calls(Predicate<Call> which) {
        return calls.stream().filter(which);
    }

    /** The only one of these. */
    Call only(String what, Predicate<Call> which) {
        List<Call> found = calls(which).toList();
        if (found.size() != 1) {
            throw new AssertionError(what + ": expected one, found " + found);
        }
        return found.getFirst();
    }
}
