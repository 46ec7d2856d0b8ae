package ferry.cli;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;

/** Tells events on standard output, as {@link JsonEvents}. Not thread-safe: it is called by {@link Reporter}'s thread. */
final class JsonEventWriter implements TransferListener {
    private final Console console;
    private final Verbosity verbosity;

    JsonEventWriter(Console console, Verbosity verbosity) {
        this.console = console;
        this.verbosity = verbosity;
    }

    @Override
    public boolean wantsFrames() {
        return verbosity == Verbosity.VERBOSE;
    }

    @Override
    public void on(TransferEvent event) {
        console.resultLines(JsonEvents.line(event));
    }
}
