package ferry.cli;

import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The value of an option that may stand alone: {@code --code=TEXT}, or {@code --code}, behind which a file or a host may follow
 * that is none of its business.
 *
 * @param text what stands behind the {@code =}; empty if the option stands alone
 */
record AttachedValue(Optional<String> text) {
    /** Shows nothing of it: it may be a secret. */
    @Override
    public String toString() {
        return "(value)";
    }

    /** Takes what is attached. */
    static final class Converter implements ITypeConverter<AttachedValue> {
        @Override
        public AttachedValue convert(String text) {
            return new AttachedValue(Optional.of(text));
        }
    }

    /** Keeps picocli from taking the next argument for the value. */
    static final class Preprocessor implements IParameterPreprocessor {
        private static final String NOT_ATTACHED = " ";

        @Override
        @SuppressWarnings("JdkObsolete") // The interface is picocli's.
        public boolean preprocess(
                Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> information) {
            boolean standsAlone = NOT_ATTACHED.equals(information.get("separator"));
            if (standsAlone) {
                option.setValue(new AttachedValue(Optional.empty()));
            }
            return standsAlone;
        }
    }
}
