"""Where a receiver puts its files: a folder, or a small file system of its own that can be filled."""

import os
import subprocess

import source


def can_mount():
    return os.geteuid() == 0


class Disk:
    """The folder `out`; what a round may fill is mounted there."""

    def __init__(self, folder, size=None):
        self.out = folder / "out"
        self.out.mkdir()
        self._mounted = size is not None
        self._filler = self.out / "filler"
        if self._mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "ferry-torture", self.out], check=True)

    def can_fill(self):
        return self._mounted

    def fill(self, rng):
        """Leaves so little that the next file, or the one after it, finds no place."""
        room = os.statvfs(self.out)
        free = room.f_bavail * room.f_frsize
        leave = rng.choice([0, rng.randrange(64 * source.KIB), rng.randrange(2 * source.MIB)])
        with open(self._filler, "ab") as filler:
            try:
                if free > leave:
                    os.posix_fallocate(filler.fileno(), os.fstat(filler.fileno()).st_size, free - leave)
            except OSError:
                pass  # Somebody else was faster: it is as full as it was meant to be.

    def free(self):
        self._filler.unlink(missing_ok=True)

    def close(self):
        if self._mounted:
            subprocess.run(["umount", "--lazy", self.out], check=True)
