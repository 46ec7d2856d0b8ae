package ferry.cli;

import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferListener;

/**
 * One of Ferry's programs: a picocli command whose options {@link Launcher} has filled in. Called once, by the main thread:
 * first {@link #prepare}, then the job's {@link Job#run}.
 */
public interface Program {

    /** The options that every program has, from the command's {@code @Mixin}. */
    CommonOptions common();

    /**
     * Turns the options into an immutable request and wraps it in a job. Pure: no file, socket or clock is looked at.
     *
     * @throws TransferException with {@link ferry.error.ErrorCode#USAGE} if the options contradict each other
     */
    Job prepare() throws TransferException;

    /** What a program was asked to do. */
    @FunctionalInterface
    interface Job {
        /**
         * Does it, and returns when everything has ended.
         *
         * @param listener to be told of everything; it takes events from any thread until this method has returned
         * @return what becomes the exit status
         * @throws TransferException if it ended early; the launcher tells it, so that nobody else need
         */
        ExitStatus run(TransferListener listener) throws TransferException, InterruptedException;
    }
}
