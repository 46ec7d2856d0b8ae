package ferry.net;

import ferry.net.Peers.Pair;
import java.io.IOException;

class SocketConnectionTest extends ConnectionContract {
    @Override
    Ends connect() throws IOException {
        Pair pair = Pair.open();
        return new Ends(pair.ours(), Connection.over(pair.theirs()), pair.theirs());
    }
}
