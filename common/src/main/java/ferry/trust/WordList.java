package ferry.trust;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The words that codes are made of: the EFF's large list without its four words that have a hyphen, so that a hyphen always
 * stands between words. Immutable, for any thread; read when it is first used.
 */
final class WordList {
    private static final String RESOURCE = "words.txt";

    private final List<String> words;
    private final Set<String> known;

    private WordList(List<String> words) {
        this.words = words;
        this.known = new HashSet<>(words);
    }

    static WordList get() {
        return Holder.LIST;
    }

    int size() {
        return words.size();
    }

    boolean contains(String word) {
        return known.contains(word);
    }

    String random(SecureRandom random) {
        return words.get(random.nextInt(words.size()));
    }

    private static WordList load() {
        try (InputStream resource = WordList.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            String text = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
            return new WordList(
                    text.lines().filter(word -> word.indexOf('-') < 0).toList());
        } catch (IOException e) {
            throw new IllegalStateException(RESOURCE + " cannot be read", e);
        }
    }

    /** Loads the list when somebody asks for it, once. */
    private static final class Holder {
        static final WordList LIST = load();
    }
}
