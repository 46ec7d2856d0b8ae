"""One timed run of one program, and what it cost."""

import os
import signal
import statistics
import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass

import material
import peers

PATIENCE_SECONDS = 30

#: The state of a socket in /proc/net/tcp.
LISTEN = "0A"


class Failure(Exception):
    """A program did not do what it was asked for, so that there is nothing to compare."""


@dataclass(frozen=True)
class Cost:
    seconds: float  # of the sending process, from its start to its end
    processor: float  # seconds of both sides; of the sender alone where the receiver is a daemon
    resident: int  # the most bytes of memory that the larger side had


class Results:
    """All runs of one case."""

    def __init__(self, total):
        self.total = total
        self._costs = defaultdict(list)

    def add(self, name, cost):
        self._costs[name].append(cost)

    def names(self):
        return list(self._costs)

    def seconds(self, name):
        return statistics.median(cost.seconds for cost in self._costs[name])

    def processor(self, name):
        return statistics.median(cost.processor for cost in self._costs[name])

    def resident(self, name):
        return max(cost.resident for cost in self._costs[name])

    def rate(self, name):
        """Bytes per second."""
        return self.total / self.seconds(name)


def start(command, environment):
    shell = isinstance(command, str)
    arguments = ["bash", "-c", f"set -o pipefail; {command}"] if shell else [str(word) for word in command]
    return subprocess.Popen(arguments, env=environment, start_new_session=True)


def wait(process):
    """Its exit status and what it used, with all that it has waited for."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage


def is_listening():
    wanted = f":{peers.PORT:04X} "
    with open("/proc/net/tcp") as tcp, open("/proc/net/tcp6") as tcp6:
        return any(wanted in line and line.split()[3] == LISTEN for line in [*tcp, *tcp6])


def await_listener(process, name):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_listening():
        if process.poll() is not None or time.monotonic() > end:
            raise Failure(f"{name} does not listen")
        time.sleep(0.005)


def stop(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def warm(setting):
    """Memory that was freed goes back to the host after a while, and whoever writes next pays for getting it again."""
    spare = setting.folder / "spare"
    material.copy(setting.source, spare)
    material.remove(spare)


def run(peer, setting, environment):
    """One run; what arrived is compared outside of the time."""
    material.remove(setting.out)
    setting.out.mkdir()
    warm(setting)
    serving = peer.serve(setting)
    receiver = start(serving, environment) if serving else None
    try:
        if receiver:
            await_listener(receiver, peer.name)
        begin = time.monotonic()
        status, sent = wait(start(peer.give(setting), environment))
        seconds = time.monotonic() - begin
        if status != 0:
            raise Failure(f"{peer.name}: the sender exited with {status}")
        used = [sent]
        if receiver and not peer.stays:
            status, received = wait(receiver)
            if status != 0:
                raise Failure(f"{peer.name}: the receiver exited with {status}")
            used.append(received)
    finally:
        if receiver and receiver.returncode is None:
            stop(receiver)
    wrong = material.difference(setting.source, setting.target)
    if wrong is not None:
        raise Failure(f"{peer.name}: {wrong} is not what was sent")
    return Cost(
        seconds,
        sum(usage.ru_utime + usage.ru_stime for usage in used),
        max(usage.ru_maxrss for usage in used) * 1024,
    )


def interleaved(chosen, setting, environment, rounds, tell):
    """Each of the programs in turn, so many times."""
    results = Results(material.total(setting.source))
    for number in range(1, rounds + 1):
        tell(f"round {number} of {rounds}")
        for peer in chosen:
            results.add(peer.name, run(peer, setting, environment))
    return results
