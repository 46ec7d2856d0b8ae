package ferry.entry;

import static ferry.fuzz.Invariant.require;

import ferry.error.ErrorCode;
import ferry.error.Printable;
import ferry.error.TransferException;
import ferry.fuzz.Choices;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** A path and the target of a link under it: what is taken stays below the root, survives a round trip, and can be shown. */
public final class PathsTarget {
    private static final Path ROOT = Path.of("/root/of/all");
    private static final Path RESERVED = ROOT.resolve(RelativePath.RESERVED);
    private static final Set<ErrorCode> REFUSALS = Set.of(ErrorCode.NAME_REFUSED, ErrorCode.LINK_REFUSED);

    private PathsTarget() {}

    /** The input is a length, so many bytes of a path, and a target. */
    public static void fuzzerTestOneInput(byte[] input) {
        Choices choices = new Choices(input);
        byte[] path = choices.take(choices.twoOctets());
        byte[] target = choices.rest();
        try {
            RelativePath parsed = RelativePath.decode(ByteBuffer.wrap(path));
            check(parsed, path);
            link(parsed, target);
        } catch (TransferException e) {
            require(e.code() == ErrorCode.NAME_REFUSED, () -> "no error of a path: " + e);
            shown(e);
        }
    }

    private static void check(RelativePath path, byte[] bytes) throws TransferException {
        require(Arrays.equals(path.utf8(), bytes), () -> "it changed: " + path);
        require(RelativePath.parse(path.toString()).equals(path), () -> "parsed again it is another: " + path);
        require(path.depth() == path.segments().size(), () -> "depth of " + path);
        var parent = path.parent();
        require(
                (parent.isPresent() ? parent.get().child(path.name()) : RelativePath.parse(path.name())).equals(path),
                () -> "not its parent's child: " + path);
        Path place;
        try {
            place = path.under(ROOT);
        } catch (TransferException e) {
            require(e.code() == ErrorCode.NAME_REFUSED, () -> "no error of a path: " + e);
            return;
        }
        require(
                place.normalize().equals(place) && place.startsWith(ROOT) && !place.equals(ROOT),
                () -> "not below the root: " + place);
        require(!place.startsWith(RESERVED), () -> "in the receiver's own folder: " + place);
        require(place.getNameCount() == ROOT.getNameCount() + path.depth(), () -> "another depth: " + place);
    }

    private static void link(RelativePath link, byte[] bytes) {
        try {
            LinkTarget target = LinkTarget.decode(ByteBuffer.wrap(bytes), link);
            require(Arrays.equals(target.utf8(), bytes), () -> "it changed: " + target);
            require(LinkTarget.parse(target.toString(), link).equals(target), () -> "parsed again: " + target);
            Path place = link.under(ROOT);
            Path pointed = place.resolveSibling(target.on(ROOT)).normalize();
            require(pointed.startsWith(ROOT), () -> "out of the root: " + pointed);
            require(!pointed.startsWith(RESERVED), () -> "into the receiver's own folder: " + pointed);
        } catch (TransferException e) {
            require(REFUSALS.contains(e.code()), () -> "no error of a link: " + e);
            shown(e);
        }
    }

    private static void shown(TransferException e) {
        String text = Printable.escape(e.what() + ": " + e.why());
        require(Printable.escape(text).equals(text), () -> "escaped twice it is another: " + text);
        require(text.chars().noneMatch(c -> Character.isISOControl(c)), () -> "a control is shown: " + text);
    }
}
