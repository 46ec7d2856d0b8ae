/** The frames of the Ferry protocol and the header of the classic one, as bytes and back; it touches no socket and no disk. */
@NullMarked
package ferry.wire;

import org.jspecify.annotations.NullMarked;
