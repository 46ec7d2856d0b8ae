package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,         192.0.2.7:9",
        "::1,               [::1]:9",
        "::,                [::]:9",
        "2001:db8:0:0:1::1, [2001:db8::1:0:0:1]:9",
        "2001:db8:0:1:2:3:4:5, [2001:db8:0:1:2:3:4:5]:9",
        "fe80:0:0:0:1:0:0:0, [fe80::1:0:0:0]:9",
        "1:0:0:2:0:0:0:3,   [1:0:0:2::3]:9",
    })
    void showsAnAddressInItsShortestForm(String literal, String shown) {
        assertThat(Addresses.show(new InetSocketAddress(InetAddress.ofLiteral(literal), 9)))
                .isEqualTo(shown);
    }

    @Test
    void familiesTakeTurnsInTheOrderOfTheFirst() {
        assertThat(order("::1", "::2", "::3", "1.1.1.1")).containsExactly("::1", "1.1.1.1", "::2", "::3");
        assertThat(order("1.1.1.1", "1.1.1.2", "::1")).containsExactly("1.1.1.1", "::1", "1.1.1.2");
        assertThat(order()).isEmpty();
    }

    private static List<String> order(String... literals) {
        List<InetAddress> addresses =
                Stream.of(literals).map(InetAddress::ofLiteral).toList();
        return AddressOrder.interleave(addresses).stream().map(Addresses::host).toList();
    }
}
