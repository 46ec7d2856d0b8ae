"""Compares send and receive with other programs that do the same. Run by scripts/bench."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import growth
import material
import peers
import report
import runs

CASES = ["file", "tree", "small", "disk-file", "disk-tree"]

#: What may grow, of Ferry alone; only if it is asked for.
GROWTH = ["size", "files", "streams", "senders"]


def arguments():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--mebibytes", type=int, required=True)
    parser.add_argument("--files", type=int, required=True)
    parser.add_argument("--only")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES + GROWTH))
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES + GROWTH)
    if unknown:
        parser.error(f"no such case: {' '.join(sorted(unknown))}; there are {', '.join(CASES + GROWTH)}")
    return options


def tell(text):
    print(text, file=sys.stderr, flush=True)


def present(candidates, only):
    """Those of the programs that are installed, and asked for."""
    chosen = []
    for peer in candidates:
        missing = peer.missing()
        is_asked_for = only is not None and only in peer.name
        if not is_asked_for and (peer.on_request or (only is not None and not peer.name.startswith(report.OURS))):
            continue
        if missing:
            tell(f"left out, not installed: {peer.name} (Debian: {' '.join(missing)})")
        else:
            chosen.append(peer)
    return chosen


class Bench:
    def __init__(self, options, memory, disk):
        self.options = options
        self.memory = memory
        self.disk = disk
        self.environment = dict(
            os.environ, XDG_CONFIG_HOME=str(memory / "config"), XDG_STATE_HOME=str(memory / "state"), LC_ALL="C.UTF-8"
        )
        self.environment.pop("FERRY_CODE", None)

    def prepare(self):
        """A key for these runs alone: the user's own is none of their business, and making one is not timed."""
        subprocess.run([self.options.home / "bin/send", "--fingerprint"], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def source(self, case):
        path = self.memory / case
        if case == "tree":
            material.make_tree(path, self.options.files)
        else:
            material.make_file(path, 1024 if case == "small" else self.options.mebibytes << 20)
        return path

    def run(self, case):
        """The title and the results of a case, and the program that the others are compared with."""
        on_disk = case.startswith("disk-")
        kind = case.removeprefix("disk-")
        source = self.source(kind)
        folder = self.disk if on_disk else self.memory
        setting = peers.Setting(self.options.home, self.memory, source, folder / "out")
        able = [
            peer for peer in (peers.SYNCING if on_disk else peers.ALL) if (peer.trees if source.is_dir() else peer.files)
        ]
        chosen = present(able, self.options.only)
        tell(f"{case}: {', '.join(peer.name for peer in chosen)}")
        try:
            results = runs.interleaved(chosen, setting, self.environment, self.options.rounds, tell)
        finally:
            material.remove(source)
            material.remove(setting.out)
        title = {
            "file": f"One file of {self.options.mebibytes} MiB, memory to memory",
            "tree": f"A tree of {self.options.files} files of 1 to 32 KiB, memory to memory",
            "small": "One file of 1 KiB",
        }[kind]
        if on_disk:
            title = title.removesuffix(", memory to memory") + ", to a disk, synced"
        return title, results, self.baseline(case, results)

    def grow(self, name):
        """The title of what grows, its table and its plot."""
        axis = growth.axes(self.options.mebibytes, self.options.files)[name]
        measured = growth.measure(
            name,
            axis,
            self.options.home,
            self.memory,
            self.options.mebibytes,
            self.options.rounds,
            self.environment,
            tell,
        )
        return f"{axis.title}, by {axis.unit}", report.growth(axis, measured), report.line(axis, measured)

    def compare(self, case):
        """The title of a case, its table and its plot."""
        title, results, baseline = self.run(case)
        return title, report.table(results, baseline), report.bars(results, title)

    @staticmethod
    def baseline(case, results):
        wanted = {
            "file": peers.BASELINE,
            "tree": "tar through socat",
            "small": "scp (aes128-gcm)",
            "disk-file": "dd conv=fsync",
            "disk-tree": "rsync --fsync",
        }[case]
        return wanted if wanted in results.names() else results.names()[0]


def main():
    options = arguments()
    with (
        tempfile.TemporaryDirectory(prefix="ferry-bench-", dir="/dev/shm") as memory,
        tempfile.TemporaryDirectory(prefix="ferry-bench-", dir="/var/tmp") as disk,
    ):
        bench = Bench(options, Path(memory), Path(disk))
        bench.prepare()
        for case in options.cases or CASES:
            try:
                title, table, plot = bench.grow(case) if case in GROWTH else bench.compare(case)
            except runs.Failure as failure:
                sys.exit(f"bench: error: {failure}")
            print(f"### {title}\n\n{table}\n", flush=True)
            if options.plots:
                options.plots.mkdir(parents=True, exist_ok=True)
                file = options.plots / f"{case}.svg"
                file.write_text(plot)
                print(f"![{title}]({file.name})\n", flush=True)


if __name__ == "__main__":
    main()
