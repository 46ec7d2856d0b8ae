"""What goes wrong during a transfer, and when."""

import signal
import threading
import time
from dataclasses import dataclass

import relay as network

# What is counted together, and how often it comes: each kind of trouble with its weight.
KINDS = {
    "kill sender": ("kills", 6),
    "kill receiver": ("kills", 8),
    "kill both": ("kills", 4),
    "terminate sender": ("terminations", 1),
    "terminate receiver": ("terminations", 2),
    "pause sender": ("pauses", 1),
    "pause receiver": ("pauses", 1),
    "reset": ("cuts", 3),
    "fin": ("cuts", 2),
    "stall": ("stalls", 1),
    "stall for good": ("stalls", 1),
    "flip a bit": ("damages", 2),
    "lose bytes": ("damages", 1),
    "repeat bytes": ("damages", 1),
    "insert bytes": ("damages", 1),
    "change a source": ("changes", 4),
    "fill the disk": ("fills", 4),
}
DAMAGES = {
    "flip a bit": network.flip,
    "lose bytes": network.lose,
    "repeat bytes": network.repeat,
    "insert bytes": network.garbage,
}


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong once."""

    kind: str
    # When: "time" since the sender was started, or bytes "sent" or "answered" through the network.
    clock: str
    # Where on that clock: 0 is the beginning, 1 where an undisturbed transfer is expected to end.
    fraction: float
    # Seeds whatever else it needs.
    seed: int

    def __str__(self):
        return f"{self.kind} at {self.fraction:.2f} {self.clock}"


def plan(rng, can_fill):
    """The troubles of one run of send."""
    kinds = [kind for kind in KINDS if can_fill or kind != "fill the disk"]
    weights = [KINDS[kind][1] * (3 if can_fill and kind == "fill the disk" else 1) for kind in kinds]
    return [
        Trouble(
            kind,
            rng.choices(["time", "sent", "answered"], [4, 4, 2])[0],
            # Early and late moments have as much of it as all between.
            rng.choices([rng.uniform(0, 0.1), rng.uniform(0, 1), rng.uniform(0.9, 1.1)], [1, 2, 1])[0],
            rng.getrandbits(32),
        )
        for kind in rng.choices(kinds, weights, k=rng.choice([1, 1, 2, 3]))
    ]


class Pace:
    """How long undisturbed transfers take: a start and a rate for each kind of connection. Thread-safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self._start = {}
        self._rate = {}
        self._factor = 1.0

    def learn(self, mode, start, rate):
        self._start[mode] = start
        self._rate[mode] = rate

    def seconds(self, mode, size, limit):
        """As expected for so many bytes; limit is a network's rate, or None."""
        with self._lock:
            kind = "plain" if mode == "plain" else "tls"
            rate = min(self._rate[kind], limit or self._rate[kind])
            return self._factor * self._start[kind] + size / rate

    def was(self, mode, size, limit, seconds):
        """What an undisturbed transfer has really taken; the machine may have become busier."""
        expected = self.seconds(mode, size, limit)
        with self._lock:
            self._factor = min(8.0, max(0.5, self._factor * (0.8 + 0.2 * seconds / expected)))


class Troublemaker:
    """Makes the troubles of one run of send come true. Each happens at most once, on a thread of the relay or its own."""

    def __init__(self, scene, troubles, random_of):
        self._scene = scene
        self._random_of = random_of
        self._timers = []
        self._marks = []
        self._lock = threading.Lock()
        self._over = False
        # Pairs of trouble and what was changed, as they happened.
        self.happened = []
        for trouble in troubles:
            self._arm(trouble)

    def marks(self):
        return self._marks

    def start(self):
        for timer in self._timers:
            timer.start()

    def end(self):
        """From now on nothing happens any more; what may go on, goes on."""
        with self._lock:
            self._over = True
        for timer in self._timers:
            timer.cancel()

    def kinds(self):
        with self._lock:
            return [trouble.kind for trouble, _ in self.happened]

    def _arm(self, trouble):
        scene = self._scene

        def happen():
            with self._lock:
                if self._over:
                    return
                detail = self._happen(trouble)
                self.happened.append((trouble, detail))
                scene.tell(f"{trouble}{': ' + detail if detail else ''}")

        if trouble.clock == "time":
            timer = threading.Timer(trouble.fraction * scene.expected_seconds, happen)
            timer.daemon = True
            self._timers.append(timer)
        else:
            direction = network.TO_RECEIVER if trouble.clock == "sent" else network.TO_SENDER
            byte = int(trouble.fraction * scene.expected_bytes[direction])
            self._marks.append(network.Mark(direction, byte, happen))

    def _happen(self, trouble):
        scene = self._scene
        rng = self._random_of(trouble.seed)
        both = [network.TO_RECEIVER, network.TO_SENDER]
        scene.count(trouble)
        match trouble.kind:
            case "kill sender":
                scene.send.signal(signal.SIGKILL)
            case "kill receiver":
                scene.kill_receiver()
            case "kill both":
                first, second = rng.sample([lambda: scene.send.signal(signal.SIGKILL), scene.kill_receiver], 2)
                first()
                time.sleep(rng.choice([0, 0, 0.02]))
                second()
            case "terminate sender":
                scene.send.signal(signal.SIGTERM)
            case "terminate receiver":
                scene.terminate_receiver()
            case "pause sender":
                self._pause(scene.send, rng)
            case "pause receiver":
                self._pause(scene.receive, rng)
            case "reset" | "fin":
                scene.relay.cut(trouble.kind)
            case "stall":
                scene.relay.stall(both, rng.uniform(0.1, 1.5))
            case "stall for good":
                scene.relay.stall(rng.choice([both, both[:1], both[1:]]), 20)
            case "change a source":
                return scene.source.change(rng) or "none left"
            case "fill the disk":
                scene.disk.fill(rng)
            case damage:
                direction = rng.choice(both)
                scene.relay.damage(direction, DAMAGES[damage](rng))
                return ["to the receiver", "to the sender"][direction]
        return ""

    def _pause(self, program, rng):
        program.signal(signal.SIGSTOP)
        timer = threading.Timer(rng.uniform(0.1, 6), lambda: program.signal(signal.SIGCONT))
        timer.daemon = True
        timer.start()
