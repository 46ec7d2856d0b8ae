/** What happens during a transfer, told as events to whoever listens. */
@NullMarked
package ferry.event;

import org.jspecify.annotations.NullMarked;
