/** The one list of errors: what each is called on the wire, which exit status it gives and whether trying again helps. */
@NullMarked
package ferry.error;

import org.jspecify.annotations.NullMarked;
