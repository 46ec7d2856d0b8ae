"""How the cost of send and receive grows with one thing at a time."""

import os
import signal
import statistics
import time
from dataclasses import dataclass

import material
import peers
import runs

MEBI = 1 << 20

#: What each of many senders sends.
SHARE = 20 * MEBI


@dataclass(frozen=True)
class Axis:
    title: str
    unit: str  # of what grows
    points: tuple
    senders: bool = False  # whether so many send at once
    streams: bool = False  # whether so many streams are asked for


def axes(mebibytes, files):
    """At most so many bytes and files."""
    return {
        "size": Axis("One file", "bytes", up_to(mebibytes * MEBI, 1 << 10, 32)),
        "files": Axis("A tree of files of 1 to 32 KiB", "files", up_to(files, 1, 10)),
        "streams": Axis(f"One file of {mebibytes} MiB", "streams", (1, 2, 4, 8, 16), streams=True),
        "senders": Axis("20 MiB from each sender, all at once", "senders", (1, 10, 100), senders=True),
    }


def up_to(most, first, factor):
    points = []
    while first < most:
        points.append(first)
        first *= factor
    return (*points, most)


def sources(name, axis, point, folder, mebibytes):
    """What each sender sends."""
    if name == "files":
        tree = folder / "tree"
        material.make_tree(tree, point)
        return [tree]
    if not axis.senders:
        file = folder / "file"
        material.make_file(file, point if name == "size" else mebibytes * MEBI)
        return [file]
    one = folder / "file-0"
    material.make_file(one, SHARE)
    files = [folder / f"file-{number}" for number in range(point)]
    for other in files[1:]:
        os.link(one, other)
    return files


def run(home, given, out, options, environment):
    """Every source by a sender of its own, all at once, to one receiver."""
    material.remove(out)
    out.mkdir()
    for source in given:
        spare = out.parent / "spare"
        material.copy(source, spare)
        material.remove(spare)
    address = f"{peers.HOST}:{peers.PORT}"
    receiver = runs.start([home / "bin/receive", "--quiet", "--dir", out, "--listen", address], environment)
    try:
        runs.await_listener(receiver, "receive")
        begin = time.monotonic()
        senders = [
            runs.start([home / "bin/send", "--quiet", "--plain", *options, source, address], environment)
            for source in given
        ]
        ended = [runs.wait(sender) for sender in senders]
        seconds = time.monotonic() - begin
        receiver.send_signal(signal.SIGTERM)
        _, received = runs.wait(receiver)
    finally:
        if receiver.returncode is None:
            runs.stop(receiver)
    for status, _ in ended:
        if status != 0:
            raise runs.Failure(f"send exited with {status}")
    for source in given:
        if material.difference(source, out / source.name) is not None:
            raise runs.Failure(f"{source.name} is not what was sent")
    used = [received, *(usage for _, usage in ended)]
    return runs.Cost(
        seconds,
        sum(usage.ru_utime + usage.ru_stime for usage in used),
        max(usage.ru_maxrss for usage in used) * 1024,
    )


@dataclass(frozen=True)
class Measured:
    point: int
    total: int  # bytes that all senders sent
    seconds: float
    processor: float
    resident: int


def measure(name, axis, home, memory, mebibytes, rounds, environment, tell):
    """The medians at each point."""
    measured = []
    for point in axis.points:
        tell(f"{name}: {point}")
        folder = memory / "given"
        folder.mkdir()
        try:
            given = sources(name, axis, point, folder, mebibytes)
            options = ["--streams", str(point)] if axis.streams else []
            costs = [run(home, given, memory / "out", options, environment) for _ in range(rounds)]
            measured.append(
                Measured(
                    point,
                    sum(material.total(source) for source in given),
                    statistics.median(cost.seconds for cost in costs),
                    statistics.median(cost.processor for cost in costs),
                    max(cost.resident for cost in costs),
                )
            )
        finally:
            material.remove(folder)
            material.remove(memory / "out")
    return measured
