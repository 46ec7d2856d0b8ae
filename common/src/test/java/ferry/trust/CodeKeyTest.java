package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.wire.Side;
import ferry.wire.Token;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodeKeyTest {
    private static final Path PAGE = Path.of("..", "docs", "PROTOCOL.md");
    private static final HexFormat HEX = HexFormat.of();

    /** A group of lines of docs/PROTOCOL.md: a secret, K, and what each side sends. */
    record Vector(String secret, String key, String sender, String receiver) {}

    static List<Vector> vectors() throws Exception {
        List<String> values = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("## 10. Codes"))
                .filter(line -> line.matches("(secret|K|sender|receiver): .*"))
                .map(line -> line.replaceFirst("[^:]*: +", ""))
                .toList();
        List<Vector> vectors = new ArrayList<>();
        for (int i = 0; i < values.size(); i += 4) {
            vectors.add(new Vector(values.get(i), values.get(i + 1), values.get(i + 2), values.get(i + 3)));
        }
        assertThat(vectors).hasSize(3);
        return vectors;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void agreesWithTheVectorsOfTheProtocol(Vector vector) throws Exception {
        CodeKey key = CodeKey.derive(Secret.of(vector.secret));
        assertThat(HEX.formatHex(key.bytes())).isEqualTo(vector.key);
        ChannelBinding binding = new ChannelBinding(counting(0), Token.NONE, counting(32), counting(64));
        assertThat(HEX.formatHex(key.proof(Side.SENDER, binding).bytes())).isEqualTo(vector.sender);
        assertThat(HEX.formatHex(key.proof(Side.RECEIVER, binding).bytes())).isEqualTo(vector.receiver);
    }

    @Test
    void takesAProofOfTheSameSecretSideAndChannelOnly() {
        Secret secret = Secret.generate();
        CodeKey key = CodeKey.derive(secret);
        ChannelBinding binding = new ChannelBinding(Token.random(), Token.NONE, Token.random(), Token.random());
        Token proof = CodeKey.derive(secret).proof(Side.SENDER, binding);

        assertThat(key.verify(Side.SENDER, binding, proof)).isTrue();
        assertThat(key.verify(Side.RECEIVER, binding, proof)).isFalse();
        assertThat(CodeKey.derive(Secret.generate()).verify(Side.SENDER, binding, proof))
                .isFalse();
        Stream.of(
                        new ChannelBinding(
                                Token.random(), Token.NONE, binding.senderCertificate(), binding.receiverCertificate()),
                        new ChannelBinding(
                                binding.exporter(), Token.NONE, Token.random(), binding.receiverCertificate()),
                        new ChannelBinding(binding.exporter(), Token.NONE, binding.senderCertificate(), Token.random()),
                        new ChannelBinding(
                                binding.exporter(),
                                Token.NONE,
                                binding.receiverCertificate(),
                                binding.senderCertificate()))
                .forEach(other ->
                        assertThat(key.verify(Side.SENDER, other, proof)).isFalse());
        assertThat(key.verify(Side.SENDER, binding, Token.NONE)).isFalse();
    }

    private static Token counting(int from) {
        byte[] bytes = new byte[Token.LENGTH];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return Token.of(bytes);
    }
}
