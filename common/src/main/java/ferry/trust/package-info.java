/** Who is at the other end: keys and their fingerprints, the files that remember them, codes and their proofs. No socket. */
@NullMarked
package ferry.trust;

import org.jspecify.annotations.NullMarked;
