package ferry.receive;

import ferry.entry.Chunks;
import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.io.IOException;
import java.util.Optional;

/** A {@link Candidate} that is a file in the folder that is received into. */
final class ExistingCandidate implements Candidate {
    private final RelativePath path;
    private final ExistingFile existing;
    private final Entry.File offered;
    private final DiskStagedFile staged;
    private final Disk disk;

    /** @param path its own name, which may be a numbered one of the offered */
    ExistingCandidate(RelativePath path, ExistingFile existing, Entry.File offered, DiskStagedFile staged, Disk disk) {
        this.path = path;
        this.existing = existing;
        this.offered = offered;
        this.staged = staged;
        this.disk = disk;
    }

    @Override
    public boolean mayBeTheSame() {
        return existing.size() == size();
    }

    @Override
    public long chunks() {
        return existing.size() >= size() ? Chunks.count(size()) : existing.size() / Chunks.SIZE;
    }

    @Override
    public Optional<ChunkSum> sum(long chunk) {
        try {
            return read(chunk, ChunkReader.Sink.NONE);
        } catch (TransferException e) {
            throw new IllegalStateException("nothing is written", e);
        }
    }

    @Override
    public Optional<ChunkSum> copy(long chunk, StagedFile into) throws TransferException {
        return read(chunk, into::write);
    }

    @Override
    public void differs() throws TransferException {
        disk.options().onConflict().requireRoom(offered.path(), Found.FILE, Found.FILE);
        staged.reserve();
    }

    @Override
    public Optional<Placement> same(int crc32c) throws TransferException {
        disk.out().check(path);
        try {
            // Looked at before, since what is opened must be a file, and after, since it must be this one.
            if (!existing.isUnchanged()) {
                return Optional.empty();
            }
            Optional<FileChecksums> again = disk.options().sha256()
                    ? Optional.of(FileChecksums.of(existing.path(), FileChecksums.Kind.WITH_SHA256))
                    : Optional.empty();
            if (again.isPresent() && again.get().crc32c() != crc32c) {
                return Optional.empty();
            }
            if (!existing.isUnchanged() || !isUpdated()) {
                return Optional.empty();
            }
            ExistingFile.sync(existing.path(), disk.syncer());
            return Optional.of(disk.placer()
                    .placement(path, existing.path(), Outcome.SAME)
                    .with(again.flatMap(FileChecksums::sha256)));
        } catch (IOException e) {
            throw disk.failures().explain(path, "made durable", e);
        }
    }

    private Optional<ChunkSum> read(long chunk, ChunkReader.Sink sink) throws TransferException {
        if (chunk >= chunks()) {
            return Optional.empty();
        }
        try {
            return existing.sum(Chunks.start(chunk), Chunks.length(chunk, size()), sink);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** As it was offered, which the candidate's own may differ from. */
    private long size() {
        return offered.size().orElseThrow();
    }

    /** What {@code overwrite} would replace gets the offered mode and time; if it is not ours, it is replaced. */
    private boolean isUpdated() {
        if (disk.options().onConflict() != ConflictPolicy.OVERWRITE) {
            return true;
        }
        try {
            disk.permissions().update(existing.path(), offered.attributes());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
