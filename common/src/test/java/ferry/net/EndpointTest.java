package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "example.org,             example.org,  7363",
        "example.org:9,           example.org,  9",
        "a-b_c.example.org.:9,    a-b_c.example.org., 9",
        "бег.example,             бег.example,  7363",
        "192.0.2.7:65535,         192.0.2.7,    65535",
        "host:007,                host,         7",
        "[2001:db8::1]:9,         2001:db8::1,  9",
        "[::],                    ::,           7363",
        "[fe80::1%eth0]:9,        fe80::1%eth0, 9",
        "fe80::1%wlan0,           fe80::1%wlan0, 7363",
        "2001:db8::1,             2001:db8::1,  7363",
        "::1,                     ::1,          7363",
        "::ffff:192.0.2.7,        ::ffff:192.0.2.7, 7363",
        "1:2:3:4:5:6:7:8,         1:2:3:4:5:6:7:8, 7363",
        "2001:db8::5:beef,        2001:db8::5:beef, 7363",
    })
    void parsesATcpTarget(String text, String host, int port) throws TransferException {
        assertThat(Endpoint.parseTarget(text)).isEqualTo(new Endpoint.Tcp(host, port));
    }

    @ParameterizedTest
    @CsvSource({":9, *, 9", "*:9, *, 9", "*, *, 7363", ":0, *, 0", "127.0.0.1:0, 127.0.0.1, 0", "[::1]:0, ::1, 0"})
    void parsesWhatCanOnlyListen(String text, String host, int port) throws TransferException {
        assertThat(Endpoint.parseListening(text)).isEqualTo(new Endpoint.Tcp(host, port));
        TransferException e = catchThrowableOfType(TransferException.class, () -> Endpoint.parseTarget(text));
        assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
        assertThat(e.hints()).hasSize(1);
    }

    @Test
    void parsesUnixSockets() throws TransferException {
        assertThat(Endpoint.parseTarget("unix:/run/ferry.sock"))
                .isEqualTo(new Endpoint.Unix(Path.of("/run/ferry.sock")));
        assertThat(Endpoint.parseListening("unix:a b/c:d")).isEqualTo(new Endpoint.Unix(Path.of("a b/c:d")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    ""                 | it is empty
                    host:              | the port is missing after ':'
                    host:65536         | port 65536 is greater than 65535
                    host:99999999999   | port 99999999999 is greater than 65535
                    host:http          | 'http' is not a port
                    host:-1            | '-1' is not a port
                    host:+1            | '+1' is not a port
                    host:１            | '１' is not a port
                    host: 9            | ' 9' is not a port
                    7363               | '7363' is a number, not a host
                    a..b               | 'a..b' is not a host name
                    a b:9              | 'a b' is not a host name
                    user@host:9        | 'user@host' is not a host name
                    host/dir           | 'host/dir' is not a host name
                    host%eth0          | 'host%eth0' is not a host name
                    [::1               | ']' is missing after the IPv6 address
                    [::1]9             | after ']' comes ':' and a port
                    [::1]:             | the port is missing after ':'
                    [host]:9           | 'host' is not an IPv6 address
                    [127.0.0.1]:9      | '127.0.0.1' is not an IPv6 address
                    [fe80::1%]:9       | 'fe80::1%' is not an IPv6 address
                    []:9               | '' is not an IPv6 address
                    ::1:7363           | is '7363' a port or the end of the IPv6 address
                    2001:db8::5:1      | is '1' a port or the end of the IPv6 address
                    1:2:3:4:5:6:7:8:9  | an IPv6 address with a port needs brackets
                    ::1%eth0:9         | an IPv6 address with a port needs brackets
                    host:9:9           | this is not an IPv6 address, and a host name has no ':'
                    http://host        | '//host' is not a port
                    unix:              | the path of the socket is missing
                    unix               | 'unix' is the beginning of a socket's path, not a host
                    """)
    void refusesJunkWithAHint(String text, String why) {
        TransferException e = catchThrowableOfType(TransferException.class, () -> Endpoint.parseListening(text));
        assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
        assertThat(e).hasMessage("endpoint '" + text + "': " + why);
        assertThat(e.hints()).hasSize(1);
    }

    @Test
    void refusesASocketPathThatTheSystemCannotTake() throws TransferException {
        Endpoint.parseTarget("unix:" + "é".repeat(53) + "x");
        TransferException e =
                catchThrowableOfType(TransferException.class, () -> Endpoint.parseTarget("unix:" + "é".repeat(54)));
        assertThat(e).hasMessageEndingWith("the path of a Unix socket has at most 107 bytes, this one has 108");
        assertThat(e.hints()).containsExactly("change to the socket's folder and write unix:NAME");
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> Endpoint.parseTarget("unix:a\0b"))
                .withMessageEndingWith("no file can have this path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host",
                "host:9",
                "[::1]",
                "[::1]:9",
                "::1",
                "*",
                ":0",
                "unix:/a",
                "unix:a/../b c",
                "[fe80::1%2]:1"
            })
    void isShownAsItIsTyped(String text) throws TransferException {
        Endpoint endpoint = Endpoint.parseListening(text);
        assertThat(Endpoint.parseListening(endpoint.toString())).isEqualTo(endpoint);
    }

    @Test
    void whateverIsTypedIsAnEndpointThatRoundTripsOrAUsageError() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        String[] pieces = {
            ":",
            ":",
            "::",
            "[",
            "]",
            "%",
            "unix:",
            "*",
            "0",
            "1",
            "9",
            "65535",
            "65536",
            "a",
            "fe80",
            "ffff",
            ".",
            "-",
            "/",
            "é",
            " ",
            "\n",
            "\0",
            "127.0.0.1",
            "@",
            "\u202e"
        };
        int endpoints = 0;
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            endpoints += roundTrips(text.toString(), seed);
        }
        assertThat(endpoints).as("seed %s", seed).isGreaterThan(200);
    }

    private static int roundTrips(String text, long seed) {
        try {
            Endpoint endpoint = Endpoint.parseListening(text);
            assertThat(Endpoint.parseListening(endpoint.toString()))
                    .as("'%s', seed %s", text, seed)
                    .isEqualTo(endpoint);
            return 1;
        } catch (TransferException e) {
            assertThat(e.code()).as("'%s', seed %s", text, seed).isEqualTo(ErrorCode.USAGE);
            return 0;
        }
    }
}
