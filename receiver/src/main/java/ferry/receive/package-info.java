/** The receiving program: listens, judges offers, stages what arrives and places it once it is complete, checked and durable. */
@NullMarked
package ferry.receive;

import org.jspecify.annotations.NullMarked;
