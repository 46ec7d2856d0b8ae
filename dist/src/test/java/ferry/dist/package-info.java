/** Tests of all modules together: the rules of the layers, and the programs as users get them. */
@NullMarked
package ferry.dist;

import org.jspecify.annotations.NullMarked;
