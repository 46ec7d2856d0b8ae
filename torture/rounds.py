"""One round: a tree is sent, again and again, while things go wrong; then once more in peace, and all is checked."""

import random
import shutil
import signal
import subprocess
import threading
import time

import disk as disks
from checks import Ledger
from program import NotListeningError, Program
from relay import TO_RECEIVER, TO_SENDER, Relay
from source import MIB, Source
from trouble import KINDS, Pace, Troublemaker, plan

# Both sides give a silent peer up after so long.
TIMEOUT = "4s"
# Whatever still runs after so many seconds hangs.
PATIENCE = 90
MODES = ["plain", "tls", "tls", "code"]
POLICIES = ["rename", "rename", "overwrite", "overwrite", "skip", "fail"]
# One of Ferry's own: others cost seconds to prove.
CODE = "13-abacus-abdomen-zoom-zombie-crouton-unicycle"

# What is not larger comes with its offer, though it may be there already.
EAGER = 64 * 1024

# Exit statuses that a disturbance may lead to.
KILLED = 128 + signal.SIGKILL
TERMINATED = 128 + signal.SIGTERM
ALWAYS = {0, 4, 8, 9, TERMINATED}
WITH_DAMAGE = {5, 6, 7}
WITH_CHANGES = {3}


class Round:
    """Owns a folder, a relay, and the programs that it starts; closing it ends them. One thread, but for the troubles."""

    def __init__(self, setting, number, folder, score):
        self.setting = setting
        self.number = number
        self._folder = folder
        self._score = score
        self._rng = random.Random(f"{setting.seed}:{number}")
        self._story = []
        self._begun = time.monotonic()
        self._logs = folder / "logs"
        rng = self._rng
        self.mode = rng.choice(MODES)
        self.policy = rng.choice(POLICIES)
        self.once = rng.random() < 0.2
        self.rate = rng.choice([None, None, 30 * MIB, 100 * MIB])
        folder.mkdir(parents=True)
        (folder / "code").write_text(CODE)
        self.source = Source(rng, folder)
        size = self.source.bytes()
        may_fill = rng.random() < 0.35 and disks.can_mount()
        self.disk = disks.Disk(folder, 3 * size + 48 * MIB if may_fill else None)
        self.relay = Relay()
        # How often a run of send connects again by itself.
        self.retries = rng.choice([0, 0, 6]) if setting.can("--retries") else None
        self.streams = rng.choice([None, 2, 5]) if setting.can("--streams") else None
        self.digests = setting.can("--sha256") and rng.random() < 0.5
        # Whether the tree is to appear at once, or not at all.
        self.atomic = setting.can("--atomic") and rng.random() < 0.3
        self.send = None
        self.receive = None
        # Every receiver so far, with the number of its events that were looked at.
        self._receivers = {}
        self._restarts = []
        # What has gone wrong so far.
        self._kinds = set()
        # What may go wrong in the present run of send.
        self._planned = set()
        self.ledger = Ledger(self.source, self.disk.out, self.policy)
        self.expected_bytes = {}
        self.expected_seconds = 0.0
        self._terminated = False
        self.tell(
            f"{len(self.source.entries())} entries, {size} bytes, {self.mode}, --on-conflict {self.policy}"
            f"{', --once' if self.once else ''}{f', --retries {self.retries}' if self.retries else ''}{', a disk that can be full' if may_fill else ''}"
            f"{', --atomic' if self.atomic else ''}"
        )

    def tell(self, line):
        self._story.append(f"{time.monotonic() - self._begun:6.2f} s  {line}")

    def story(self):
        return self._story

    def run(self):
        rng = self._rng
        # Where anything is, no tree can appear.
        if rng.random() < 0.3 and not self.atomic:
            self._occupy()
        for _ in range(rng.choice([1, 2, 2, 3, 4])):
            self._disturbed()
        self._undisturbed()
        if rng.random() < 0.3:
            self._again()
        self._stop()
        self._score.add(rounds=1, bytes=self.source.bytes(), trees=1 if self.atomic else 0)
        return self.ledger.findings

    def _occupy(self):
        """Puts files into `out` that were there before: others, or the same ones."""
        rng = self._rng
        for name, status in self.source.entries().items():
            place = self.disk.out / name
            if name in self.source.versions and rng.random() < 0.2:
                place.parent.mkdir(parents=True, exist_ok=True)
                if rng.random() < 0.3:
                    shutil.copyfile(self.source.path(name), place)
                else:
                    # Of the same size, so that it is compared.
                    place.write_bytes(rng.randbytes(status.st_size if rng.random() < 0.5 else 100))
                self.ledger.originals[name] = self.ledger.version(place)

    def _disturbed(self):
        rng = self._rng
        # Now and then nobody is there.
        if self.receive is None or rng.random() < 0.95:
            self._start_receive()
        self._expect()
        troubles = plan(rng, self.disk.can_fill())
        self._planned = {trouble.kind for trouble in troubles}
        maker = Troublemaker(self, troubles, random.Random)
        self.relay.begin(maker.marks(), self.rate)
        self._start_send()
        maker.start()
        status = self._await(self.send)
        maker.end()
        for restart in self._restarts:
            restart.join()
        self._restarts.clear()
        self._in_peace()
        kinds = maker.kinds()
        self._score.add(attempts=1, undisturbed=0 if kinds else 1)
        self._kinds.update(kinds)
        self._check_status(self.send, status, kinds)
        if status == 0:
            self.ledger.check_success(self.send.events())
        self._look()

    def _expect(self):
        """How much will pass and how long it will take if nothing disturbs, by what has a receipt already."""
        sizes = {name: entry.st_size for name, entry in self.source.entries().items()}
        left = sum(size for name, size in sizes.items() if size <= EAGER or not self.ledger.is_promised(name))
        self.expected_bytes = {TO_RECEIVER: left + 100 * len(sizes) + 300, TO_SENDER: 80 * len(sizes) + 200}
        self.expected_seconds = self.setting.pace.seconds(self.mode, left, self.rate)

    def _undisturbed(self):
        # Files that are there, and were not changed, do not come again.
        expected = self.ledger.settled()
        sizes = {name: entry.st_size for name, entry in self.source.entries().items()}
        left = sum(size for name, size in sizes.items() if size <= EAGER or name not in expected)
        is_other = self.atomic and self.ledger.has_other_tree()
        self._start_receive()
        self.relay.begin([], None)
        self._start_send()
        begun = time.monotonic()
        status = self._await(self.send)
        if is_other:
            self.ledger.check_refused(self.send.events(), status)
        elif status == 0:
            taken = self.send.events("finished")[-1]
            if taken["moved"] == taken["bytes"]:
                self.setting.pace.was(self.mode, taken["moved"], None, time.monotonic() - begun)
        self._score.add(left=left, moved=sum(event["moved"] for event in self.send.events("finished")))
        if not is_other:
            self.ledger.check_complete(self.send.events(), status, expected, left + EAGER)
        if self.once:
            ended = self._await(self.receive)
            if ended != status:
                self.ledger.find(f"receive --once exited with {ended}, its sender with {status}")
        self._look()
        self.ledger.check_duplicates()
        self._score.add(attempts=1)

    def _again(self):
        self._start_receive()
        self.relay.begin([], None)
        self._start_send()
        status = self._await(self.send)
        self.ledger.check_nothing_moved(self.send.events(), status)
        self._look()
        self.ledger.check_duplicates()
        self._score.add(attempts=1)

    def _stop(self):
        """Everything ends, and then nothing is left."""
        self._end_receive()
        self.ledger.check_promises()
        self.ledger.check_staging()

    def _look(self):
        """Checks what can be said at any time."""
        self.ledger.promise(self.send.events(), "send")
        for receive, told in self._receivers.items():
            events = receive.events()
            self.ledger.promise(events[told:], "receive")
            self._receivers[receive] = len(events)
        self.ledger.check_names()
        if self.atomic:
            self.ledger.check_tree()

    def _in_peace(self):
        """Ends what the troubles have begun."""
        self.relay.heal()
        self.disk.free()
        for program in (self.send, self.receive):
            if program is not None:
                program.signal(signal.SIGCONT)

    def _start_receive(self):
        """A receiver that listens: the old one, or another after it."""
        if self.receive is not None and self.receive.alive() and not self.once:
            if self._rng.random() < 0.7 and not self._terminated:
                return
        self._end_receive()
        self._new_receive()

    def _new_receive(self):
        arguments = ["--json", "--dir", self.disk.out, "--listen", "127.0.0.1:0", "--on-conflict", self.policy]
        arguments += ["--timeout", TIMEOUT, "--grace", "3s"]
        if self.once:
            arguments.append("--once")
        if self.mode == "code":
            arguments += ["--code-file", self._folder / "code", "--standing"]
        self.receive = self._program("receive", arguments)
        self._receivers[self.receive] = 0
        self._terminated = False
        self.relay.lead_to(self.receive.await_listening())

    def _end_receive(self):
        if self.receive is None:
            return
        self.receive.signal(signal.SIGTERM)
        status = self._await(self.receive)
        self._check_status(self.receive, status, self._kinds)
        self.relay.lead_to(None)
        self.receive = None

    def kill_receiver(self):
        """Kills it; where the sender connects again, another one takes its place after a while."""
        self.relay.lead_to(None)
        self.receive.kill()
        if self.retries:
            restart = threading.Thread(target=self._restart, args=(self._rng.uniform(0, 1.5),), daemon=True)
            self._restarts.append(restart)
            restart.start()

    def _restart(self, seconds):
        time.sleep(seconds)
        try:
            self._new_receive()
        except NotListeningError as reason:
            self.tell(str(reason))
            # It may be killed or terminated while it starts, and a full disk takes no new folder.
            if reason.status not in (KILLED, TERMINATED) and "fill the disk" not in self._planned:
                self.ledger.find(f"started again, {reason}")

    def terminate_receiver(self):
        self._terminated = True
        self.receive.signal(signal.SIGTERM)

    def _start_send(self):
        arguments = ["--json", "--timeout", TIMEOUT]
        if self.retries is not None:
            arguments += ["--retries", self.retries, "--retry-wait", "200ms"]
        if self.streams is not None:
            arguments += ["--streams", self.streams]
        if self.digests:
            arguments.append("--sha256")
        if self.atomic:
            arguments.append("--atomic")
        if self.mode == "plain":
            arguments.append("--plain")
        if self.mode == "code":
            arguments += ["--code-file", self._folder / "code"]
        arguments += [self.source.root, f"127.0.0.1:{self.relay.port}"]
        self.send = self._program("send", arguments)

    def _program(self, name, arguments):
        return Program(self.setting.home, name, arguments, self.setting.people / name, self._logs)

    def _await(self, program):
        status = program.wait(PATIENCE)
        if status is None:
            for each in (self.send, self.receive):
                each.dump_threads()
            program.kill()
            self.ledger.find(f"{program.name} hangs: its threads are in {self._logs}")
            status = program.status()
        self.tell(f"{program.name} exited with {status}")
        return status

    def _check_status(self, program, status, kinds):
        allowed = set(ALWAYS)
        if any(KINDS[kind][0] == "damages" for kind in kinds):
            allowed |= WITH_DAMAGE
        if any(KINDS[kind][0] == "changes" for kind in kinds):
            allowed |= WITH_CHANGES
        if any(kind in (f"kill {program.role}", "kill both") for kind in kinds):
            allowed.add(KILLED)
        if status not in allowed:
            self.ledger.find(f"{program.name} exited with {status} after {kinds}: {program.errors()[:2000]}")

    def count(self, trouble):
        """Notes a trouble that happens now, and what it has come upon."""
        elapsed = (time.monotonic() - self.send.begun) / self.expected_seconds
        quarter = min(int(elapsed * 4), 4)
        sent = self.relay.passed[TO_RECEIVER]
        if sent == 0:
            phase = "before connecting"
        elif self.send.events("finished"):
            phase = "at the very end"
        elif self.send.events("entry"):
            phase = "between receipts"
        else:
            phase = "before receipts"
        self._score.trouble(KINDS[trouble.kind][0], phase, quarter)

    def close(self):
        for program in [self.send, *self._receivers]:
            if program is not None:
                program.kill()
        self.relay.close()
        self.disk.close()


class Setting:
    """What all rounds share: the programs, two people with keys, the seed, and how fast this machine is."""

    def __init__(self, home, folder, seed):
        self.home = home
        self.folder = folder
        self.seed = seed
        self.people = folder / "people"
        self.pace = Pace()
        self._help = subprocess.run([home / "bin" / "send", "--help"], capture_output=True, check=True, text=True).stdout

    def can(self, option):
        """Whether send has this option."""
        return option in self._help

    def prepare(self):
        """Makes the keys, and measures how long a transfer takes when nothing disturbs it."""
        for name in ("send", "receive"):
            Program(self.home, name, ["--fingerprint"], self.people / name, self.folder / "logs").wait(60)
        for mode in ("plain", "tls"):
            small, large = self._measure(mode, 1), self._measure(mode, 48 * MIB)
            self.pace.learn(mode, small, 48 * MIB / max(0.05, large - small))

    def _measure(self, mode, size):
        place = self.folder / "measure"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        with open(place / "file", "wb") as file:
            file.truncate(size)
        plain = ["--plain"] if mode == "plain" else []
        receive = Program(
            self.home,
            "receive",
            ["--json", "--once", "--dir", place / "out", "--listen", "127.0.0.1:0"],
            self.people / "receive",
            place,
        )
        try:
            port = receive.await_listening()
            target = f"127.0.0.1:{port}"
            send = Program(
                self.home, "send", ["--json", *plain, place / "file", target], self.people / "send", place
            )
            if send.wait(PATIENCE) != 0:
                raise AssertionError(f"nothing disturbs, and send fails: {send.errors()}")
            return time.monotonic() - send.begun
        finally:
            receive.kill()
