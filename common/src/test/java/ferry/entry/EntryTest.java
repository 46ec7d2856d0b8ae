package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ferry.error.TransferException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EntryTest {
    @Test
    void aModeKeepsOnlyThePermissionBits() {
        Attributes attributes = new Attributes(Optional.of(Instant.EPOCH), OptionalInt.of(0106755));
        assertThat(attributes.mode()).hasValue(0755);
        assertThat(attributes.modified()).contains(Instant.EPOCH);
        assertThat(Attributes.NONE.mode()).isEmpty();
    }

    @Test
    void aFileHasNoNegativeSize() throws TransferException {
        RelativePath path = RelativePath.parse("f");
        assertThat(new Entry.File(path, OptionalLong.empty(), Attributes.NONE).kind())
                .isEqualTo(EntryKind.FILE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Entry.File(path, OptionalLong.of(-1), Attributes.NONE));
    }

    @Test
    void aDirectoryIsOneByItsKind() throws TransferException {
        assertThat(new Entry.Directory(RelativePath.parse("d"), Attributes.NONE).kind())
                .isEqualTo(EntryKind.DIRECTORY);
    }
}
