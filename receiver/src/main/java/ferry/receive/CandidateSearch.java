package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import ferry.wire.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** Finds the file that may be the one that is offered, or an older version of it. For one offer. */
final class CandidateSearch {
    private final Entry.File file;
    private final DiskStagedFile staged;
    private final Disk disk;
    private final long size;

    /** @param file of known size */
    CandidateSearch(Entry.File file, DiskStagedFile staged, Disk disk) {
        this.file = file;
        this.staged = staged;
        this.disk = disk;
        this.size = file.size().orElseThrow();
    }

    /** Looks under its name, and under the numbered ones where there may be such. */
    Optional<Candidate> find() throws IOException, TransferException {
        if (size <= Limits.MAX_EAGER_FILE) {
            // It may come together with its offer; comparing it first would only cost time.
            return Optional.empty();
        }
        return switch (disk.options().onConflict()) {
            case RENAME -> findNumbered();
            case OVERWRITE -> at(file.path()).filter(candidate -> candidate.chunks() > 0);
            case SKIP, FAIL -> at(file.path()).filter(Candidate::mayBeTheSame);
        };
    }

    /** Of several of the same size, the one with the offered time is most likely the same. */
    private Optional<Candidate> findNumbered() throws IOException, TransferException {
        Optional<Candidate> first = Optional.empty();
        NumberedNames names = new NumberedNames(file.path());
        for (int number = 0; number <= NumberedNames.MAX_NUMBER; number++) {
            RelativePath path = names.get(number);
            if (number > 0 && disk.options().readOnly().guarding(path).isPresent()) {
                continue;
            }
            Path target = disk.out().check(path);
            if (Found.at(target) == Found.NOTHING) {
                break;
            }
            Optional<ExistingFile> existing = ExistingFile.at(target).filter(found -> found.size() == size);
            if (existing.isPresent()) {
                Candidate candidate = candidate(path, existing.get());
                if (hasOfferedTime(existing.get())) {
                    return Optional.of(candidate);
                }
                first = first.or(() -> Optional.of(candidate));
            }
        }
        return first;
    }

    private Optional<Candidate> at(RelativePath path) throws IOException, TransferException {
        return ExistingFile.at(disk.out().check(path)).map(existing -> candidate(path, existing));
    }

    private Candidate candidate(RelativePath path, ExistingFile existing) {
        return new ExistingCandidate(path, existing, file, staged, disk);
    }

    private boolean hasOfferedTime(ExistingFile existing) {
        return file.attributes().modified().map(FileTime::from).equals(Optional.of(existing.modified()));
    }
}
