package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacesTest {
    private final Paces paces = new Paces();

    private void pass(int stream, long nanos) {
        paces.begins(stream, 1_000);
        paces.ends(stream, 1_000 + nanos);
    }

    @Test
    void everybodyHelpsWhileNobodyKnows() {
        assertThat(paces.helps(1, 1)).isTrue();
        paces.begins(2, 5);
        assertThat(paces.helps(1, 1)).isTrue();
    }

    @Test
    void aSlowStreamLeavesTheLastChunksToTheOthers() {
        pass(0, 100);
        pass(1, 100);
        pass(2, 1_000);
        assertThat(paces.helps(2, 1)).isFalse();
        assertThat(paces.helps(2, 100)).isTrue();
        assertThat(paces.helps(0, 1)).isTrue();
        assertThat(paces.helps(1, 1)).isTrue();
    }

    @Test
    void oneThatHasJustBegunLeavesTheVeryLastToTheOthers() {
        pass(0, 100);
        pass(1, 100);
        assertThat(paces.helps(3, 1)).isFalse();
        assertThat(paces.helps(3, 10)).isTrue();
    }

    @Test
    void whoIsGoneDoesNotCount() {
        pass(0, 100);
        pass(1, 1);
        paces.forget(1);
        paces.ends(1, 5_000);
        assertThat(paces.helps(0, 1)).isTrue();
    }
}
