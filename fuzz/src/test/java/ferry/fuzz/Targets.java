package ferry.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What can be fuzzed: the lines of the file {@code targets}, which scripts/fuzz reads as well. */
record Targets(String name, Class<?> code) {
    private static final Path LIST = Path.of("targets");
    private static final Path CORPUS = Path.of("corpus");

    static List<Targets> all() throws IOException, ClassNotFoundException {
        List<Targets> all = new ArrayList<>();
        for (String line : Files.readAllLines(LIST)) {
            if (!line.startsWith("#")) {
                String[] words = line.split("\\s+", 3);
                all.add(new Targets(words[0], Class.forName(words[1])));
            }
        }
        return all;
    }

    /** Where the inputs are that are worth keeping. */
    Path corpus() {
        return CORPUS.resolve(name);
    }

    /** Gives one input to the target, as the fuzzer does. */
    void run(byte[] input) throws Throwable {
        Method entrance = code.getMethod("fuzzerTestOneInput", byte[].class);
        try {
            entrance.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
