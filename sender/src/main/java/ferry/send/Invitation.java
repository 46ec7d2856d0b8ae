package ferry.send;

import ferry.trust.JoinKey;
import java.time.Duration;

/**
 * What a receiver that takes further streams has said of them in WELCOME.
 *
 * @param key by which a stream proves that it belongs to the transfer
 * @param version that the first stream and all others speak
 * @param silence after how long the receiver gives a stream up
 */
record Invitation(JoinKey key, int version, Duration silence) {}
