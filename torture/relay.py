"""The network between sender and receiver: passes bytes on, and does whatever networks do."""

import os
import select
import socket
import struct
import threading
import time

BLOCK = 64 * 1024
TO_RECEIVER, TO_SENDER = 0, 1
# How long a thread waits for a socket before it looks whether somebody has closed it; in seconds.
LOOK_AGAIN = 0.02


class Mark:
    """What to do, in the relay's own thread, just before the byte with this number of one direction passes."""

    def __init__(self, direction, byte, action):
        self.direction = direction
        self.byte = byte
        self.action = action


class Relay:
    """Listens on the loopback address. Its lock guards all that is below; pumps are two threads for each connection."""

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._server.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs = set()
        self._marks = []
        self._target = None
        self._flow = [threading.Event(), threading.Event()]
        self._damage = [None, None]
        self.rate = None
        self.passed = [0, 0]
        self.heal()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._server.close()
        self.cut("reset")

    def lead_to(self, port):
        """From now on connections go there; None: nobody is there."""
        self._target = port

    def begin(self, marks, rate):
        """Counts anew, and keeps these marks; rate is in bytes a second, or None."""
        with self._lock:
            self.passed = [0, 0]
            self._marks = list(marks)
            self.rate = rate

    def heal(self):
        """Forgets all marks and damages, and lets everything flow."""
        with self._lock:
            self._marks = []
            self._damage = [None, None]
            self.rate = None
        for event in self._flow:
            event.set()

    def connections(self):
        with self._lock:
            return len(self._pairs)

    def cut(self, how):
        """Ends all connections: by "reset", or by "fin", which looks like a proper end to both sides."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            for end in pair:
                try:
                    if how == "reset":
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        end.close()
                    else:
                        end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # It has ended already.

    def stall(self, directions, seconds):
        """Nothing passes in these directions for so long."""
        for direction in directions:
            self._flow[direction].clear()

        def go_on():
            for direction in directions:
                self._flow[direction].set()

        timer = threading.Timer(seconds, go_on)
        timer.daemon = True
        timer.start()

    def damage(self, direction, how):
        """The next block in this direction is changed by this function of bytes."""
        self._damage[direction] = how

    def _accept(self):
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near):
        try:
            far = socket.create_connection(("127.0.0.1", self._target or 1), timeout=5)
        except OSError:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            near.close()
            return
        # Never blocking: a socket that a thread waits in is not really closed, and sends no reset.
        for end in (near, far):
            end.setblocking(False)
        pair = (near, far)
        with self._lock:
            self._pairs.add(pair)
        pumps = [
            threading.Thread(target=self._pump, args=(near, far, TO_RECEIVER), daemon=True),
            threading.Thread(target=self._pump, args=(far, near, TO_SENDER), daemon=True),
        ]
        for pump in pumps:
            pump.start()
        for pump in pumps:
            pump.join()
        with self._lock:
            self._pairs.discard(pair)
        near.close()
        far.close()

    def _pump(self, source, sink, direction):
        try:
            while data := self._receive(source):
                self._pass(data, sink, direction)
            sink.shutdown(socket.SHUT_WR)
        except (OSError, ValueError):
            # A reset of one side is a reset for the other.
            for end in (source, sink):
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.close()
                except OSError:
                    pass

    def _receive(self, source):
        while not select.select([source], [], [], LOOK_AGAIN)[0]:
            pass
        return source.recv(BLOCK)

    def _pass(self, data, sink, direction):
        while data:
            self._flow[direction].wait()
            part, due = self._until_next_mark(data, direction)
            if part:
                self._send(part, sink, direction)
            for mark in due:
                mark.action()
            data = data[len(part) :]

    def _until_next_mark(self, data, direction):
        with self._lock:
            at = self.passed[direction]
            due = [mark for mark in self._marks if mark.direction == direction and mark.byte < at + len(data)]
            if not due:
                return data, []
            first = max(at, min(mark.byte for mark in due))
            due = [mark for mark in due if mark.byte <= first]
            self._marks = [mark for mark in self._marks if mark not in due]
            return data[: first - at], due

    def _send(self, part, sink, direction):
        count = len(part)
        damage, self._damage[direction] = self._damage[direction], None
        if damage:
            part = damage(part)
        left = memoryview(part)
        while left:
            if select.select([], [sink], [], LOOK_AGAIN)[1]:
                left = left[sink.send(left) :]
        with self._lock:
            self.passed[direction] += count
        if self.rate:
            time.sleep(count / self.rate)


def flip(rng):
    """One bit is another."""

    def change(data):
        changed = bytearray(data)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        return bytes(changed)

    return change


def lose(rng):
    """Some bytes are missing: so few that keep-alives fill the frame that waits for them."""

    def change(data):
        at = rng.randrange(len(data))
        return data[:at] + data[at + rng.randrange(1, 30) :]

    return change


def repeat(rng):
    """Some bytes come twice."""

    def change(data):
        at = rng.randrange(len(data))
        return data[:at] + data[at : at + rng.randrange(1, 2000)] + data[at:]

    return change


def garbage(rng):
    """Some bytes that nobody sent come in between."""

    def change(data):
        at = rng.randrange(len(data))
        return data[:at] + os.urandom(rng.randrange(1, 200)) + data[at:]

    return change
