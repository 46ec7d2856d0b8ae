"""Runs the built programs, and reads what they tell as JSON."""

import json
import os
import signal
import subprocess
import time

JAVA_OPTIONS = "-Xshare:auto"


# A machine that is busy with other work may take so many seconds to start a program.
LISTENING = 90


class NotListeningError(AssertionError):
    """A receiver has ended, with this status, or hangs (None) before it listens."""

    def __init__(self, status, errors):
        super().__init__(f"receive does not listen: status {status}: {errors}")
        self.status = status


class Program:
    """A running send or receive, whose output goes to files."""

    def __init__(self, home, name, arguments, person, logs):
        logs.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.role = {"send": "sender", "receive": "receiver"}[name]
        number = len(list(logs.glob(f"*-{name}.out")))
        self._output = logs / f"{number:02d}-{name}.out"
        self._errors = logs / f"{number:02d}-{name}.err"
        environment = dict(os.environ, XDG_CONFIG_HOME=str(person / "config"), XDG_STATE_HOME=str(person / "state"))
        environment.pop("FERRY_CODE", None)
        self.command = [str(home / "bin" / name), *map(str, arguments)]
        self.begun = time.monotonic()
        with open(self._output, "wb") as output, open(self._errors, "wb") as errors:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                start_new_session=True,
            )

    def alive(self):
        return self._process.poll() is None

    def signal(self, number):
        if self.alive():
            self._process.send_signal(number)

    def status(self):
        """Its exit status; 128 and the signal if one killed it; None while it runs."""
        code = self._process.poll()
        return code if code is None or code >= 0 else 128 - code

    def wait(self, seconds):
        """Its status; None if it is still running then."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return self.status()

    def kill(self):
        self.signal(signal.SIGKILL)
        self._process.wait()

    def dump_threads(self):
        """Has it print where its threads stand, into its output."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGQUIT)
        time.sleep(1)

    def events(self, name=None):
        """The events that it has told in whole lines."""
        events = []
        with open(self._output, "rb") as file:
            for line in file:
                if line.startswith(b"{") and line.endswith(b"\n"):
                    event = json.loads(line)
                    if name is None or event["event"] == name:
                        events.append(event)
        return events

    def errors(self):
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def await_listening(self):
        """The port on which it listens."""
        limit = time.monotonic() + LISTENING
        while time.monotonic() < limit and self.alive():
            if listening := self.events("listening"):
                return listening[0]["port"]
            time.sleep(0.02)
        raise NotListeningError(self.status(), self.errors())
