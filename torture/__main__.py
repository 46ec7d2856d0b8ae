"""Tortures send and receive for a time, and tells what it found. Run by scripts/torture."""

import argparse
import concurrent.futures
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path

import disk as disks
from rounds import Round, Setting

NO_TROUBLE = {"rounds", "trees", "attempts", "bytes", "left", "moved"}
QUARTERS = ["first quarter", "second", "third", "fourth", "later"]


class Score:
    """What has happened so far. Thread-safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self.counts = Counter()
        self.phases = Counter()
        self.quarters = Counter()

    def add(self, **counts):
        with self._lock:
            self.counts.update(counts)

    def trouble(self, kind, phase, quarter):
        with self._lock:
            self.counts[kind] += 1
            if kind == "kills":
                self.phases[phase] += 1
                self.quarters[QUARTERS[quarter]] += 1

    def lines(self):
        counts = self.counts
        of = ", ".join(f"{name} {counts[name]}" for name in sorted(counts) if name not in NO_TROUBLE)
        yield f"rounds {counts['rounds']}, {counts['trees']} of them with --atomic, transfers {counts['attempts']}, {counts['bytes'] / 1e9:.1f} GB of sources"
        yield f"without a receipt before the last transfer {counts['left'] / 1e6:.0f} MB, moved by it {counts['moved'] / 1e6:.0f} MB"
        yield of
        yield "kills by state: " + ", ".join(f"{name} {count}" for name, count in sorted(self.phases.items()))
        yield "kills by expected time: " + ", ".join(f"{name} {self.quarters[name]}" for name in QUARTERS)


def arguments():
    parser = argparse.ArgumentParser(prog="torture")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--round", type=int)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("minutes", type=float)
    parser.add_argument("seed", type=int)
    return parser.parse_args()


class Torture:
    """Runs rounds until the time is over."""

    def __init__(self, options, folder):
        self._options = options
        self._folder = folder
        self._score = Score()
        self._setting = Setting(options.home, folder, options.seed)
        self._findings = 0
        self._lock = threading.Lock()

    def run(self):
        self._setting.prepare()
        options = self._options
        end = time.monotonic() + options.minutes * 60
        if options.round is not None:
            for time_ in range(options.times):
                self._one(options.round, f"{options.round}-{time_}")
        else:
            self._all(end)
        for line in self._score.lines():
            print(line)
        print(f"findings: {self._findings}", flush=True)
        return 1 if self._findings else 0

    def _all(self, end):
        numbers = iter(range(sys.maxsize))

        def work():
            while time.monotonic() < end:
                with self._lock:
                    number = next(numbers)
                self._one(number, str(number))

        with concurrent.futures.ThreadPoolExecutor(self._options.jobs) as pool:
            for worker in [pool.submit(work) for _ in range(self._options.jobs)]:
                worker.result()

    def _one(self, number, name):
        folder = self._folder / f"round-{name}"
        found = []
        one = None
        try:
            one = Round(self._setting, number, folder, self._score)
            found = one.run()
        except Exception:  # Whatever goes wrong in a round is to be seen, and no reason to end the others.
            found = [f"the round could not be ended: {traceback.format_exc()}"]
        if self._options.verbose and one is not None:
            print(f"round {number}:", *one.story(), sep="\n    ", flush=True)
        if found:
            self._report(number, one, found, folder)
        if one is not None:
            one.close()
        shutil.rmtree(folder, ignore_errors=True)

    def _report(self, number, one, found, folder):
        with self._lock:
            self._findings += len(found)
            kept = self._options.keep / f"{self._options.seed}-{number}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept, symlinks=True, ignore_dangling_symlinks=True)
            print(f"round {number}, seed {self._options.seed}:")
            for line in one.story() if one else []:
                print(f"    {line}")
            for what in found:
                print(f"    FOUND: {what}")
            print(f"    kept in {kept}; again: scripts/torture --round {number} {self._options.seed}", flush=True)


def main():
    options = arguments()
    if not disks.can_mount():
        print("not root: no disk is filled", file=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="ferry-torture."))
    try:
        return Torture(options, folder).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
