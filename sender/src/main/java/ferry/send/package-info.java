/** The sending program: scans what it was given, offers it, and streams it until every entry has its final answer. */
@NullMarked
package ferry.send;

import org.jspecify.annotations.NullMarked;
