import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites the classes of a jar that are older than Java 6 into those of Java 8: usage {@code UpgradeClasses IN.jar OUT.jar}.
 * Java archives only classes that have stack maps, and picocli's are compiled for Java 5.
 */
final class UpgradeClasses {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private final ZipFile jar;
    private final ClassFile format;

    private UpgradeClasses(ZipFile jar) {
        this.jar = jar;
        this.format = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(this::classOfJar)
                        .orElse(ClassHierarchyResolver.defaultResolver())
                        .cached()));
    }

    public static void main(String... arguments) throws IOException {
        try (ZipFile in = new ZipFile(arguments[0]);
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
            new UpgradeClasses(in).copyTo(out);
        }
    }

    private void copyTo(ZipOutputStream out) throws IOException {
        for (ZipEntry entry : jar.stream().toList()) {
            byte[] content = read(entry);
            ZipEntry copy = new ZipEntry(entry.getName());
            copy.setTimeLocal(entry.getTimeLocal());
            out.putNextEntry(copy);
            out.write(isOldClass(entry, content) ? upgraded(content) : content);
            out.closeEntry();
        }
    }

    private static boolean isOldClass(ZipEntry entry, byte[] content) {
        return entry.getName().endsWith(".class")
                && ((content[6] & 0xff) << 8 | content[7] & 0xff) < FIRST_WITH_STACK_MAPS;
    }

    private byte[] upgraded(byte[] content) {
        ClassModel old = format.parse(content);
        byte[] upgraded = format.build(old.thisClass().asSymbol(), builder -> old.forEach(part -> copy(part, builder)));
        List<VerifyError> errors = format.verify(upgraded);
        if (!errors.isEmpty()) {
            throw new IllegalStateException(old.thisClass().asInternalName(), errors.getFirst());
        }
        return upgraded;
    }

    private static void copy(ClassElement part, ClassBuilder builder) {
        switch (part) {
            case ClassFileVersion _ -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
            // Only code that goes through a transformation, be it one that changes nothing, gets stack maps.
            case MethodModel method ->
                builder.transformMethod(method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
            default -> builder.with(part);
        }
    }

    private InputStream classOfJar(ClassDesc name) {
        String descriptor = name.descriptorString();
        ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        try {
            return entry == null ? null : new ByteArrayInputStream(read(entry));
        } catch (IOException e) {
            throw new IllegalStateException(entry.getName(), e);
        }
    }

    private byte[] read(ZipEntry entry) throws IOException {
        try (InputStream content = jar.getInputStream(entry)) {
            return content.readAllBytes();
        }
    }
}
