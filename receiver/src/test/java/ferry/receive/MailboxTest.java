package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();

    private void runPool() {
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
    }

    @Test
    void aStepRunsHereOnlyIfNoneIsDueBeforeIt() {
        Mailbox<String> mailbox = Mailbox.open(pool::add, ran::add);

        mailbox.runOrPost("here");
        assertThat(ran).containsExactly("here");
        mailbox.post("first");
        mailbox.runOrPost("second");
        assertThat(ran).containsExactly("here");
        runPool();
        mailbox.runOrPost("here again");

        assertThat(ran).containsExactly("here", "first", "second", "here again");
        assertThat(pool).isEmpty();
    }

    @Test
    void nothingRunsHereBeforeTheBeginning() {
        Mailbox<String> mailbox = Mailbox.held(pool::add, ran::add);

        mailbox.runOrPost("second");
        assertThat(ran).isEmpty();
        mailbox.begin("first");
        runPool();

        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void whatIsPostedWhileAStepRunsHereIsLeftToThePool() {
        List<Mailbox<String>> self = new ArrayList<>();
        Mailbox<String> mailbox = Mailbox.open(pool::add, step -> {
            ran.add(step);
            if (step.equals("here")) {
                self.getFirst().post("next");
                self.getFirst().runOrPost("last");
            }
        });
        self.add(mailbox);

        mailbox.runOrPost("here");
        assertThat(ran).containsExactly("here");
        runPool();

        assertThat(ran).containsExactly("here", "next", "last");
    }

    @Test
    void aStepThatThrowsHereKeepsNoneBack() {
        Mailbox<String> mailbox = Mailbox.open(pool::add, step -> {
            ran.add(step);
            if (step.equals("bad")) {
                throw new IllegalStateException("a fault");
            }
        });

        assertThatThrownBy(() -> mailbox.runOrPost("bad")).hasMessage("a fault");
        mailbox.runOrPost("good");

        assertThat(ran).containsExactly("bad", "good");
    }
}
