package ferry.dist;

/** Makes a process slow: it stands still most of the time. Stateless. */
final class Pauses {
    private Pauses() {}

    /** Lets it run for one of five moments until the other one has ended; returns at once. */
    static RunningProcess of(RunningProcess slow, RunningProcess until) {
        long pid = slow.pid();
        String script = "while kill -0 %d 2> /dev/null; do kill -STOP %d; sleep 0.2; kill -CONT %d; sleep 0.05; done"
                .formatted(until.pid(), pid, pid);
        return Command.of("/bin/sh", "-c", script).start();
    }
}
