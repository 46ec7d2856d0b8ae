package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.TransferReport;
import ferry.net.Endpoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScanTest {
    private final Events events = new Events();
    private final TransferReport report =
            new TransferReport("0".repeat(32), "receiver", Protocol.FERRY, Direction.OUTGOING, events);

    @Test
    void tellsNothingOnceTheTransferIsOver() {
        SendRequest request = Requests.ferry(new Endpoint.Tcp("127.0.0.1", 1), Path.of("any"));
        Scan scan = Scan.start(request, List.of(), report, events);
        TransferException cause = new TransferException(ErrorCode.SOURCE_UNREADABLE, "a", "permission denied");
        scan.failed("a", cause);
        assertThat(events.all()).hasSize(1);

        scan.close();
        scan.failed("b", cause);
        scan.leftOut("c", "a pipe");
        assertThat(events.all()).hasSize(1);
        assertThat(report.progress().totals().failed()).isOne();
    }
}
