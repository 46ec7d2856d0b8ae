"""The source of a transfer: a random tree that can change while it is sent, and every version that its files ever had."""

import hashlib
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

KIB = 1024
MIB = 1024 * KIB

ORDINARY = ["report", "photo", "a", "index", "data", "notes", "backup", "x" * 60]
ODD = [
    "with space", " leading", "trailing ", "-dash", "--help", "new\nline", "tab\there", "\x1b[31mred", "ünïcödé",
    "u\u0308combined", "日本語", "😀", "right\u202eleft", "a\\b", "c:d", "con", "aux", "*", "?", "\"quoted\"", "'", "$HOME",
    "`id`", ".hidden", "...", "dot.", ".ferry", "~", "#", "%41", "é" * 115, "\x7f", "a\rb", "zero\u200bwidth",
]
EXTENSIONS = ["", "", ".txt", ".bin", ".tar.gz", ".jpg", ". odd", ".JPG"]
FILE_MODES = [0o644, 0o600, 0o755, 0o400, 0o444, 0o777, 0o000, 0o640]
DIRECTORY_MODES = [0o755, 0o755, 0o700, 0o750, 0o711, 0o555, 0o500, 0o777]
# As much of a file is changed at once as the system writes in one go, so that each version is one that a program meant.
CHANGE = 64 * KIB


@dataclass(frozen=True)
class Version:
    """What a file held at some time."""

    sha256: str
    size: int


def version_of_bytes(content):
    return Version(hashlib.sha256(content).hexdigest(), len(content))


def version_of(path):
    digest = hashlib.sha256()
    size = 0
    with open(path, "rb") as file:
        while block := file.read(MIB):
            digest.update(block)
            size += len(block)
    return Version(digest.hexdigest(), size)


def a_size(rng):
    """Mostly small; sometimes around the borders of frames, chunks and what comes with an offer; up to 40 MiB."""
    kind = rng.random()
    if kind < 0.12:
        return 0
    if kind < 0.62:
        return rng.randrange(1, 20 * KIB)
    if kind < 0.80:
        border = rng.choice([64 * KIB, 256 * KIB, MIB, 8 * MIB, 16 * MIB])
        return border + rng.choice([-1, 0, 1])
    if kind < 0.94:
        return rng.randrange(20 * KIB, 2 * MIB)
    return rng.randrange(2 * MIB, 40 * MIB)


class Source:
    """A tree below a folder. Changing it is for one thread at a time, which its lock sees to; so is asking for versions."""

    def __init__(self, rng, folder, most_bytes=60 * MIB):
        self.root = folder / "tree"
        self.spare = folder / "spare"
        self._rng = rng
        self._lock = threading.Lock()
        # By paths relative to the folder, as they are offered: every version in the order in which they came.
        self.versions = {}
        self.changed = set()
        self._left = most_bytes
        self.root.mkdir(parents=True)
        self.spare.mkdir()
        self._fill()

    def _fill(self):
        rng = self._rng
        directories = [self.root]
        for _ in range(rng.choice([0, 1, 3, 8])):
            parent = rng.choice(directories)
            if len(parent.parts) - len(self.root.parts) < 6:
                directories.append(self._new(parent, ""))
                directories[-1].mkdir()
        for _ in range(rng.choice([1, 2, 5, 20, 60, 300])):
            self._file(self._new(rng.choice(directories), rng.choice(EXTENSIONS)))
        for _ in range(rng.choice([0, 0, 2, 10])):
            link = self._new(rng.choice(directories), "")
            link.symlink_to(rng.choice(["data", "nothing there", "./x", "with space/ü"]))
        # Deepest first, since whatever happens in a directory changes its time.
        for directory in sorted(directories, key=lambda each: -len(each.parts)):
            directory.chmod(rng.choice(DIRECTORY_MODES))
            self._age(directory)

    def _new(self, parent, extension):
        while True:
            name = self._rng.choice(ORDINARY if self._rng.random() < 0.6 else ODD) + extension
            if self._rng.random() < 0.7 and len(name.encode()) < 200:
                name = f"{self._rng.randrange(1000)}-{name}"
            path = parent / name
            if not os.path.lexists(path):
                return path

    def _file(self, path):
        rng = self._rng
        size = min(a_size(rng), self._left)
        self._left -= size
        with open(path, "wb") as file:
            if size > MIB and rng.random() < 0.25:
                # Holes, and a little between them.
                for _ in range(4):
                    file.seek(rng.randrange(size))
                    file.write(rng.randbytes(min(1000, size - file.tell())))
                file.truncate(size)
            else:
                file.write(rng.randbytes(size))
        path.chmod(rng.choice(FILE_MODES))
        self._age(path)
        self.versions[self.name(path)] = [version_of(path)]

    def _age(self, path):
        nanoseconds = self._rng.randrange(10**18, 17 * 10**17)
        os.utime(path, ns=(nanoseconds, nanoseconds))

    def name(self, path):
        """The path under which it is offered."""
        return str(path.relative_to(self.root.parent))

    def entries(self):
        """Everything there is now, by offered path: what lstat says of it."""
        found = {self.name(self.root): os.lstat(self.root)}
        for folder, directories, files in os.walk(self.root):
            for each in directories + files:
                path = Path(folder, each)
                found[self.name(path)] = os.lstat(path)
        return found

    def path(self, name):
        return self.root.parent / name

    def bytes(self):
        return sum(entry.st_size for entry in self.entries().values() if stat.S_ISREG(entry.st_mode))

    def versions_in(self, directory):
        """Every version that any file of this directory ever had."""
        with self._lock:
            return {
                version
                for name, versions in self.versions.items()
                if os.path.dirname(name) == directory
                for version in versions
            }

    def latest(self, name):
        with self._lock:
            return self.versions[name][-1]

    def change(self, rng):
        """Changes a file that has not changed before, and says how; None if there is none left."""
        with self._lock:
            left = [name for name in sorted(self.versions) if name not in self.changed]
            if not left:
                return None
            # A large one is more likely to be on its way.
            name = max(rng.sample(left, min(2, len(left))), key=lambda each: self.versions[each][-1].size)
            self.changed.add(name)
            how = rng.choice(["append", "overwrite", "delete", "replace"])
            getattr(self, "_" + how)(rng, name, self.path(name))
            return f"{how} {name!r}"

    # The new version is known before it is there: a sender may read it at once.

    def _append(self, rng, name, path):
        more = rng.randbytes(rng.randrange(1, CHANGE))
        self.versions[name].append(version_of_bytes(path.read_bytes() + more))
        with open(path, "ab", buffering=0) as file:
            file.write(more)

    def _overwrite(self, rng, name, path):
        content = bytearray(path.read_bytes())
        if not content:
            return
        at = rng.randrange(len(content))
        piece = rng.randbytes(min(rng.randrange(1, CHANGE), len(content) - at))
        content[at : at + len(piece)] = piece
        self.versions[name].append(version_of_bytes(content))
        with open(path, "r+b", buffering=0) as file:
            file.seek(at)
            file.write(piece)

    def _delete(self, _rng, _name, path):
        path.unlink()

    def _replace(self, rng, name, path):
        content = rng.randbytes(rng.randrange(200 * KIB))
        self.versions[name].append(version_of_bytes(content))
        new = self.spare / "new"
        new.write_bytes(content)
        os.rename(new, path)
