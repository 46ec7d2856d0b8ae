package ferry.send;

import ferry.entry.Entry;
import ferry.error.TransferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Keeps all that a scan tells. */
final class Collector implements ScanConsumer {
    private final List<SourceEntry> found = new ArrayList<>();
    private final Map<String, TransferException> failed = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private int enough = Integer.MAX_VALUE;

    /** Closes itself when it has this many entries. */
    Collector closingAfter(int count) {
        enough = count;
        return this;
    }

    List<SourceEntry> found() {
        return found;
    }

    Map<String, TransferException> failed() {
        return failed;
    }

    /** The one failure of this path. */
    TransferException failure(String path) {
        return Objects.requireNonNull(failed.get(path), path);
    }

    List<String> leftOut() {
        return leftOut;
    }

    /** Paths as they were found; directories end in a slash, links show where they lead. */
    List<String> paths() {
        return found.stream().map(entry -> show(entry.entry())).toList();
    }

    private static String show(Entry entry) {
        return switch (entry) {
            case Entry.File file -> file.path().toString();
            case Entry.Directory directory -> directory.path() + "/";
            case Entry.Link link -> link.path() + " -> " + link.target();
        };
    }

    @Override
    public void found(SourceEntry entry) {
        found.add(entry);
    }

    @Override
    public void failed(String path, TransferException cause) {
        failed.put(path, cause);
    }

    @Override
    public void leftOut(String path, String why) {
        leftOut.add(path);
    }

    @Override
    public boolean isClosed() {
        return found.size() >= enough;
    }
}
