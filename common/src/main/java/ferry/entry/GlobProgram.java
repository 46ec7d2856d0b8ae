package ferry.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * What a {@link Glob} becomes: instructions that are followed all at once, character by character. So a match takes time in
 * proportion to the pattern's length times the text's, whatever both are; a regular expression, which tries one way after the other,
 * may take that to the power of the pattern's stars, and the text may come from somebody who wants that. Immutable once built,
 * for any thread.
 */
final class GlobProgram {
    private final List<Step> steps;

    private GlobProgram(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    private sealed interface Step {
        /** Takes one character that passes, and goes on behind. */
        record Take(IntPredicate test) implements Step {}

        /** Goes on at both places, which may be one. */
        record Fork(int first, int second) implements Step {}
    }

    /** Which characters pass a test. */
    private enum Letters {
        AS_THEY_ARE {
            @Override
            boolean pass(IntPredicate test, int codePoint) {
                return test.test(codePoint);
            }
        },
        IN_ANY_CASE {
            @Override
            boolean pass(IntPredicate test, int codePoint) {
                int upper = Character.toUpperCase(codePoint);
                return test.test(codePoint)
                        || test.test(upper)
                        || test.test(Character.toTitleCase(codePoint))
                        || test.test(Character.toLowerCase(codePoint))
                        || test.test(Character.toLowerCase(upper));
            }
        };

        abstract boolean pass(IntPredicate test, int codePoint);
    }

    /** Whether the whole text matches. */
    boolean matches(String text) {
        return matches(text, Letters.AS_THEY_ARE);
    }

    /** The same where each letter may as well be its other case. */
    boolean matchesInAnyCase(String text) {
        return matches(text, Letters.IN_ANY_CASE);
    }

    private boolean matches(String text, Letters letters) {
        Places here = new Places();
        Places behind = new Places();
        here.add(0);
        for (int i = 0; i < text.length() && here.count > 0; ) {
            int codePoint = text.codePointAt(i);
            behind.clear();
            for (int k = 0; k < here.count; k++) {
                int place = here.list[k];
                if (place < steps.size()
                        && steps.get(place) instanceof Step.Take(IntPredicate test)
                        && letters.pass(test, codePoint)) {
                    behind.add(place + 1);
                }
            }
            Places spent = here;
            here = behind;
            behind = spent;
            i += Character.charCount(codePoint);
        }
        return here.has[steps.size()];
    }

    /** Where one may be in the program; behind its last step is the end. */
    private final class Places {
        private final boolean[] has = new boolean[steps.size() + 1];
        private final int[] list = new int[steps.size() + 1];
        private int count;

        /** Adds a place, and those where forks lead from it. */
        void add(int start) {
            int looked = count;
            put(start);
            for (; looked < count; looked++) {
                int place = list[looked];
                if (place < steps.size() && steps.get(place) instanceof Step.Fork(int first, int second)) {
                    put(first);
                    put(second);
                }
            }
        }

        private void put(int place) {
            if (!has[place]) {
                has[place] = true;
                list[count++] = place;
            }
        }

        void clear() {
            count = 0;
            Arrays.fill(has, false);
        }
    }

    /** Writes a program, from left to right; used once, by one thread. */
    static final class Builder {
        private static final int LATER = -1;

        private final List<Step> steps = new ArrayList<>();
        private final List<Integer> ends = new ArrayList<>();
        private int alternative = LATER;

        void take(IntPredicate test) {
            steps.add(new Step.Take(test));
        }

        /** {@code *}. */
        void anyWithinSegment() {
            anyNumber(codePoint -> codePoint != '/');
        }

        /** <code>**</code>. */
        void any() {
            anyNumber(codePoint -> true);
        }

        /** <code>**&#47;</code>: nothing, or whole segments. */
        void anySegments() {
            int fork = later();
            anyNumber(codePoint -> true);
            take(codePoint -> codePoint == '/');
            fork(fork, fork + 1, steps.size());
        }

        private void anyNumber(IntPredicate test) {
            int fork = later();
            take(test);
            steps.add(new Step.Fork(fork, fork));
            fork(fork, fork + 1, steps.size());
        }

        /** <code>{</code>. */
        void openChoice() {
            alternative = later();
        }

        /** A comma in a choice. */
        void nextChoice() {
            ends.add(later());
            fork(alternative, alternative + 1, steps.size());
            alternative = later();
        }

        /** <code>}</code>. */
        void closeChoice() {
            fork(alternative, alternative + 1, alternative + 1);
            ends.forEach(end -> fork(end, steps.size(), steps.size()));
            ends.clear();
        }

        GlobProgram build() {
            return new GlobProgram(steps);
        }

        /** Keeps a place for a fork. */
        private int later() {
            steps.add(new Step.Fork(LATER, LATER));
            return steps.size() - 1;
        }

        private void fork(int place, int first, int second) {
            steps.set(place, new Step.Fork(first, second));
        }
    }
}
