"""What is sent, and whether it has arrived."""

import filecmp
import os
import random
import shutil

BLOCK = 1 << 20


def make_file(path, size):
    """A file of random bytes."""
    with open(path, "wb") as file:
        left = size
        while left > 0:
            left -= file.write(os.urandom(min(left, BLOCK)))


def make_tree(path, files):
    """So many files of 1 to 32 KiB, a hundred in each directory, the same at each call."""
    chance = random.Random(files)
    content = os.urandom(BLOCK)
    for number in range(files):
        folder = path / f"folder-{number // 100:04}"
        if number % 100 == 0:
            folder.mkdir(parents=True)
        size = chance.randrange(1024, 32 * 1024 + 1)
        start = chance.randrange(0, BLOCK - size)
        (folder / f"file-{number % 100:02}").write_bytes(content[start : start + size])


def total(path):
    """Bytes in a file or a tree."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def difference(source, arrived):
    """The first path whose bytes are not the same, or None."""
    if source.is_file():
        same = arrived.is_file() and filecmp.cmp(source, arrived, shallow=False)
        return None if same else source
    expected = {path.relative_to(source) for path in source.rglob("*")}
    found = {path.relative_to(arrived) for path in arrived.rglob("*")}
    for path in sorted(expected ^ found):
        return path
    for path in sorted(expected):
        if (source / path).is_file() and not filecmp.cmp(source / path, arrived / path, shallow=False):
            return path
    return None
