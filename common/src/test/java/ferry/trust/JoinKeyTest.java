package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.wire.Token;
import ferry.wire.TransferId;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class JoinKeyTest {
    private static final TransferId TRANSFER = new TransferId(0x0011223344556677L, 0x8899aabbccddeeffL);

    /** That of docs/PROTOCOL.md, section 5.2. */
    @Test
    void makesTheProofOfTheProtocol() {
        byte[] secret = new byte[Token.LENGTH];
        byte[] channel = new byte[Token.LENGTH];
        for (int i = 0; i < Token.LENGTH; i++) {
            secret[i] = (byte) i;
            channel[i] = (byte) (Token.LENGTH + i);
        }
        Token proof = new JoinKey(Token.of(secret), TRANSFER).proof(15, Token.of(channel));
        assertThat(HexFormat.of().formatHex(proof.bytes()))
                .isEqualTo("53d3982a39ba5fe11c1f446333f2a2d86aa280089ed32973863e89f6d8edf9e8");
    }

    @Test
    void takesAProofForOneStreamOfOneTransferOverOneChannel() {
        Token secret = Token.random();
        Token channel = Token.random();
        JoinKey key = new JoinKey(secret, TRANSFER);
        Token proof = new JoinKey(secret, TRANSFER).proof(1, channel);
        assertThat(key.verify(1, channel, proof)).isTrue();
        assertThat(key.verify(2, channel, proof)).isFalse();
        assertThat(key.verify(1, Token.random(), proof)).isFalse();
        assertThat(key.verify(1, channel, Token.NONE)).isFalse();
        assertThat(new JoinKey(Token.random(), TRANSFER).verify(1, channel, proof))
                .isFalse();
        assertThat(new JoinKey(secret, TransferId.random()).verify(1, channel, proof))
                .isFalse();
    }

    @Test
    void showsNothingOfTheSecret() {
        assertThat(new JoinKey(Token.random(), TRANSFER)).hasToString("key to join 00112233445566778899aabbccddeeff");
    }
}
