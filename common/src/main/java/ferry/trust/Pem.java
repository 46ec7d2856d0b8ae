package ferry.trust;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The blocks of a PEM file (RFC 7468): what they are labelled, and their bytes. What stands around them is passed over, as the
 * tools do that write it. Pure functions.
 */
final class Pem {
    static final String CERTIFICATE = "CERTIFICATE";
    static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final int LINE = 64;

    private Pem() {}

    /**
     * One block.
     *
     * @param line where it begins, counted from 1
     * @param body the lines between its marks
     */
    record Block(String label, int line, List<String> body) {
        Block {
            body = List.copyOf(body);
        }

        /**
         * What it encodes.
         *
         * @throws IllegalArgumentException with a reason that names the line, if that is no Base64
         */
        byte[] bytes() {
            StringBuilder base64 = new StringBuilder();
            body.forEach(part -> base64.append(part.strip()));
            try {
                return Base64.getDecoder().decode(base64.toString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line %d: what begins here is not Base64".formatted(line), e);
            }
        }
    }

    /**
     * All blocks of a text, in order.
     *
     * @throws IllegalArgumentException with a reason that names the line, if a block never ends
     */
    static List<Block> parse(String text) {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = text.lines().toList();
        int next = 0;
        while (next < lines.size()) {
            String line = lines.get(next).strip();
            next++;
            if (isMark(line, BEGIN)) {
                String label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                int end = end(lines, next, label);
                blocks.add(new Block(label, next, lines.subList(next, end)));
                next = end + 1;
            }
        }
        return blocks;
    }

    static String write(String label, byte[] bytes) {
        String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(bytes);
        return BEGIN + label + DASHES + "\n" + base64 + "\n" + END + label + DASHES + "\n";
    }

    private static int end(List<String> lines, int begin, String label) {
        for (int i = begin; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.equals(END + label + DASHES)) {
                return i;
            }
            if (isMark(line, BEGIN) || isMark(line, END)) {
                break;
            }
        }
        throw new IllegalArgumentException("line %d: '%s' never ends".formatted(begin, BEGIN + label + DASHES));
    }

    private static boolean isMark(String line, String mark) {
        return line.startsWith(mark) && line.endsWith(DASHES) && line.length() >= mark.length() + DASHES.length();
    }
}
