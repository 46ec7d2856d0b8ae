package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ExitStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class SignalsTest {
    private static final Signal INT = new Signal("INT");
    private static final Signal TERM = new Signal("TERM");

    private final List<ExitStatus> asked = new CopyOnWriteArrayList<>();
    private final List<Integer> halted = new CopyOnWriteArrayList<>();
    private SignalHandler oldInt = SignalHandler.SIG_DFL;
    private SignalHandler oldTerm = SignalHandler.SIG_DFL;

    @BeforeEach
    void install() {
        oldInt = Signal.handle(INT, signal -> {});
        oldTerm = Signal.handle(TERM, signal -> {});
        Signals.install(asked::add, halted::add);
    }

    @AfterEach
    void restore() {
        Signal.handle(INT, oldInt);
        Signal.handle(TERM, oldTerm);
    }

    @Test
    void theFirstSignalAsksAndTheSecondHalts() {
        Signal.raise(TERM);
        await().until(() -> asked.equals(List.of(ExitStatus.TERMINATED)));
        assertThat(halted).isEmpty();

        Signal.raise(INT);
        await().until(() -> halted.equals(List.of(130)));
        assertThat(asked).hasSize(1);
    }

    @Test
    void twiceControlCHaltsWithItsStatus() {
        Signal.raise(INT);
        await().until(() -> asked.equals(List.of(ExitStatus.INTERRUPTED)));
        Signal.raise(TERM);
        await().until(() -> halted.equals(List.of(143)));
    }
}
