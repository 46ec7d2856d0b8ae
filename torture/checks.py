"""What must be true of the receiver's folder, whatever has happened."""

import os
import re
import stat
from pathlib import Path

from source import version_of

NUMBER = re.compile(r" \(\d+\)(?=[^ ]*$)")
OWN = ".ferry"
FILLER = "filler"


def unnumbered(name):
    """The offered path of a file that was placed under a numbered name."""
    folder, base = os.path.split(name)
    return os.path.join(folder, NUMBER.sub("", base))


class Ledger:
    """
    What is known of a round: versions of the source, what was in `out` before, what was promised. Findings are sentences. One
    thread.
    """

    def __init__(self, source, out, policy):
        self.findings = []
        self._source = source
        self._out = out
        self._policy = policy
        self._known = {}
        # What was there before: paths to versions.
        self.originals = {}
        # The receipts of files so far, of both sides: pairs of the sender's path and the event.
        self._promised = []
        self._paths = set()
        # Whether a transfer has ended without some of its files.
        self._incomplete = False
        self._crcs = {}
        # What a tree that has appeared at once holds: paths to versions, targets of links, or kinds.
        self._tree = {}
        # Whether another version of it was refused.
        self._refused = False

    def find(self, what):
        if what not in self.findings:
            self.findings.append(what)

    def version(self, path):
        """What a file holds; remembered while it is the same file and was not written to."""
        status = os.lstat(path)
        key = (status.st_dev, status.st_ino, status.st_ctime_ns, status.st_size)
        if key not in self._known:
            self._known[key] = version_of(path)
        return self._known[key]

    def arrived(self):
        """All that is in `out` but what Ferry and the torture keep there: relative paths and what lstat says."""
        found = {}
        for folder, directories, files in os.walk(self._out):
            if Path(folder) == self._out:
                directories[:] = [each for each in directories if each != OWN]
                files = [each for each in files if each != FILLER]
            for each in directories + files:
                path = Path(folder, each)
                found[str(path.relative_to(self._out))] = os.lstat(path)
        return found

    def check_names(self):
        """Nothing partial or mixed is under a real name, and nothing that was there before is lost."""
        arrived = self.arrived()
        sources = self._source.entries()
        for name, status in arrived.items():
            if stat.S_ISREG(status.st_mode):
                self._check_file(name)
            elif stat.S_ISLNK(status.st_mode):
                origin = sources.get(name) or sources.get(unnumbered(name))
                if origin is None or not stat.S_ISLNK(origin.st_mode):
                    self.find(f"a link that nobody sent: {name!r}")
            elif stat.S_ISDIR(status.st_mode):
                if name not in sources or not stat.S_ISDIR(sources[name].st_mode):
                    self.find(f"a directory that nobody sent: {name!r}")
            else:
                self.find(f"neither file, directory nor link: {name!r}")
        for name in self.originals:
            if name not in arrived:
                self.find(f"what was there before is gone: {name!r}")

    def _check_file(self, name):
        version = self.version(self._out / name)
        original = self.originals.get(name)
        if version == original:
            return
        if original is not None and self._policy != "overwrite":
            self.find(f"what was there before was replaced, with {self._policy}: {name!r}")
        if version in self._source.versions.get(name, []):
            return
        numbered = self._policy == "rename" and NUMBER.search(name)
        if not numbered or version not in self._source.versions.get(unnumbered(name), []):
            self.find(f"no version of the source was ever so: {name!r} has {version.size} bytes")

    def check_tree(self):
        """A tree that is to appear at once is not there at all, or with all that is in it, and stays as it is."""
        tree = {name: self._held(name, status) for name, status in self.arrived().items()}
        if self._tree:
            if tree != self._tree:
                differs = [name for name in set(tree) | set(self._tree) if tree.get(name) != self._tree.get(name)]
                self.find(f"a tree that had appeared has changed: {sorted(differs)[:5]!r}")
        elif tree:
            sent = set(self._source.entries()) | set(self._source.versions)
            missing = sent - set(tree) - self._source.changed
            if missing:
                self.find(f"a tree has appeared without {len(missing)} of its entries: {sorted(missing)[:5]!r}")
        self._tree = tree

    def _held(self, name, status):
        if stat.S_ISREG(status.st_mode):
            return self.version(self._out / name)
        return os.readlink(self._out / name) if stat.S_ISLNK(status.st_mode) else stat.S_IFMT(status.st_mode)

    def has_other_tree(self):
        """Whether a tree has appeared, and the source is another one by now."""
        self.check_tree()
        sources = self._source.entries()
        return bool(self._tree) and (
            set(sources) != set(self._tree)
            or any(self._tree[name] != self._source.latest(name) for name in self._source.changed if name in sources)
        )

    def check_refused(self, events, status):
        """After a run that nothing disturbed, where another version of the tree is: nothing is replaced, and that is told."""
        self._refused = True
        codes = {event["code"] for event in events if event["event"] in ("failed", "stopped")}
        if status != 8 or not codes:
            self.find(f"another version of the tree is there, and a run exited with {status} for {codes}")
        for event in events:
            if event["event"] == "entry":
                self.find(f"another version of the tree is there, and this has a receipt: {event}")

    def promise(self, events, who):
        """Takes the receipts that a program has told of, in the order of its runs."""
        for event in events:
            if event["event"] == "failed":
                self._incomplete = True
            if event["event"] == "entry" and event["kind"] == "file":
                if event["durability"] != "durable" or not event["verified"]:
                    self.find(f"{who} told of a file that is not durable and verified: {event}")
                self._promised.append((event["path"], event))
                self._paths.add(event["path"])
                self._check_promise(event["path"], event)

    def is_promised(self, path):
        return path in self._paths

    def settled(self):
        """The files that have a receipt and did not change since."""
        return {path for path in self._paths if path not in self._source.changed}

    def check_promises(self):
        for path, event in self._promised:
            self._check_promise(path, event)

    def _check_promise(self, path, event):
        place = self._out / event["placed"]
        versions = self._source.versions.get(path)
        if versions is None:
            self.find(f"a receipt for what is no source: {event}")
            return
        if not os.path.lexists(place):
            self.find(f"there is a receipt, and no file: {event}")
            return
        there = self.version(place)
        sent = [index for index, version in enumerate(versions) if version.size == event["size"]]
        if not sent:
            self.find(f"a receipt for a size that the source never had: {event}")
        elif self._policy == "overwrite":
            # A later version may have been placed, and its receipt lost.
            if there not in versions[sent[0] :]:
                self.find(f"what a receipt is for was replaced by something older: {event}")
        elif there not in [versions[index] for index in sent]:
            self.find(f"what a receipt is for is not there: {event}, but {there}")
        elif event.get("sha256") and event["sha256"] != there.sha256:
            self.find(f"another SHA-256 than the receipt says: {event}, {there}")
        elif len(sent) == 1 and self._crcs.setdefault(there.sha256, event["crc32c"]) != event["crc32c"]:
            self.find(f"two checksums for the same content: {event}, {self._crcs[there.sha256]}")

    def check_success(self, events):
        """After a run that exited with 0, whatever disturbed it: all that did not change meanwhile is there."""
        entries = {event["path"]: event for event in events if event["event"] == "entry"}
        for name in self._source.entries():
            if name in self._source.changed:
                continue
            if name not in entries:
                self.find(f"exited with 0, and has no receipt for {name!r}")
            elif not os.path.lexists(self._out / entries[name]["placed"]):
                self.find(f"exited with 0, and there is no {name!r}")

    def check_complete(self, events, status, settled, most):
        """
        After a run that nothing disturbed: all of the source is there, as it is now. What was settled did not come again, and no
        more than so many bytes did.
        """
        for event in events:
            if event["event"] == "entry" and event["path"] in settled and event["outcome"] != "same":
                self.find(f"it has a receipt, and was sent again: {event}")
            if event["event"] == "finished" and event["moved"] > most:
                self.find(f"{event['moved']} bytes moved, expected no more than {most}")
        entries = {event["path"]: event for event in events if event["event"] == "entry"}
        failed = {event["path"]: event for event in events if event["event"] == "failed"}
        for stopped in (event for event in events if event["event"] == "stopped"):
            self.find(f"a run that nothing disturbed stopped: {stopped}")
        wanted = {0} if not failed else {8, 9}
        if status not in wanted:
            self.find(f"a run that nothing disturbed exited with {status}, expected {wanted}")
        sources = self._source.entries()
        for name, origin in sources.items():
            if name in failed:
                self._check_refusal(name, failed[name])
            elif name not in entries:
                self.find(f"no final answer for {name!r}")
            else:
                self._check_same(name, origin, entries[name])
        for name in (set(entries) | set(failed)) - set(sources):
            self.find(f"an answer for what is no source: {name!r}")

    def _check_refusal(self, name, event):
        allowed = {"skip": "skipped", "fail": "conflict"}.get(self._policy)
        place = self._out / name
        if event["code"] != allowed:
            self.find(f"a run that nothing disturbed could not send: {event}")
        elif not os.path.lexists(place) or self.version(place) == self._source.latest(name):
            self.find(f"refused for a different file, and there is none: {event}")

    def _check_same(self, name, origin, event):
        place = self._out / event["placed"]
        if not os.path.lexists(place):
            self.find(f"not there: {event}")
            return
        there = os.lstat(place)
        if stat.S_IFMT(there.st_mode) != stat.S_IFMT(origin.st_mode):
            self.find(f"another kind: {event}")
        elif stat.S_ISLNK(origin.st_mode):
            if os.readlink(place) != os.readlink(self._source.path(name)):
                self.find(f"another target: {event}")
        elif stat.S_ISREG(origin.st_mode):
            if self.version(place) != self._source.latest(name):
                self.find(f"another content: {event}")
            if name not in self.originals:
                self._check_attributes(name, origin, there)
        else:
            self._check_directory(name, origin, there)

    def _check_directory(self, name, origin, there):
        if name in self._tree and "/" not in name:
            # The root of a tree that was moved by a receiver which was killed then keeps a mode that lets its owner write.
            if stat.S_IMODE(there.st_mode) == stat.S_IMODE(origin.st_mode) | 0o700:
                return
        if self._policy == "overwrite":
            self._check_attributes(name, origin, there)
        elif not any(original.startswith(name + "/") for original in self.originals):
            # One that was there keeps its own; what comes into it after it was settled shows in its time.
            self._check_mode(name, origin, there)
            if not self._incomplete and not self._source.changed:
                self._check_time(name, origin, there)

    def _check_mode(self, name, origin, there):
        if stat.S_IMODE(there.st_mode) != stat.S_IMODE(origin.st_mode):
            self.find(f"mode {there.st_mode:o} instead of {origin.st_mode:o}: {name!r}")

    def _check_attributes(self, name, origin, there):
        self._check_mode(name, origin, there)
        self._check_time(name, origin, there)

    def _check_time(self, name, origin, there):
        if there.st_mtime_ns != origin.st_mtime_ns:
            self.find(f"time {there.st_mtime_ns} instead of {origin.st_mtime_ns}: {name!r}")

    def check_duplicates(self):
        """No lost receipt has made a second copy."""
        seen = {}
        for name, status in self.arrived().items():
            if stat.S_ISREG(status.st_mode) and name not in self.originals:
                key = (unnumbered(name), self.version(self._out / name))
                if key in seen:
                    self.find(f"the same twice: {seen[key]!r} and {name!r}")
                seen[key] = name

    def check_staging(self):
        """
        A receiver that has stopped leaves nothing of its own, but parts of what was taken away or changed before it came, and a
        tree that could not come because another version of it has.
        """
        own = self._out / OWN
        for part in own.glob("*/partial/*"):
            texts = [file.read_bytes() for file in part.iterdir() if file.stat().st_size < 1 << 20]
            if not any(name.encode() in text for name in self._source.changed for text in texts):
                self.find(f"a part is kept of what did arrive: {part.relative_to(self._out)}")
        allowed = [("partial",), ("trees",)] if self._refused else [("partial",)]
        for path in own.rglob("*"):
            within = path.relative_to(own).parts[1:]
            if not path.is_dir() and within != ("lock",) and within[:1] not in allowed:
                self.find(f"staging has this after the end: {path.relative_to(self._out)}")

    def check_nothing_moved(self, events, status):
        """After a second run with the same source: nothing was placed again."""
        if status not in (0, 8, 9):
            self.find(f"a second run exited with {status}")
        for event in events:
            if event["event"] == "entry" and event["kind"] == "file" and event["outcome"] != "same":
                self.find(f"sent again though it was there: {event}")
