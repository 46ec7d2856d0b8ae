/** Endpoints and the connections between them: connecting, accepting, and choosing the protocol by its first byte. */
@NullMarked
package ferry.net;

import org.jspecify.annotations.NullMarked;
