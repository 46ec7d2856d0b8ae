/** The face that both programs share: options, output for people and for machines, and exit statuses. */
@NullMarked
package ferry.cli;

import org.jspecify.annotations.NullMarked;
