/** What a transfer consists of: entries, the relative paths that name them, and the checksums that prove them. */
@NullMarked
package ferry.entry;

import org.jspecify.annotations.NullMarked;
