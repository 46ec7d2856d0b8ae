package ferry.cli;

/** How much people are told on standard error. */
enum Verbosity {
    /** Errors. */
    QUIET,
    /** And warnings, notices, and a line for each transfer. */
    NORMAL,
    /** And each entry and each frame. */
    VERBOSE
}
