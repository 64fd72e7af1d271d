"""Alerts handed on, to a webhook or a command: each until it is taken, in their order, while the watch goes on."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from threading import Event, Thread
from urllib.parse import urlsplit

from tracer.errors import InputError
from tracer.pipeline.watch.alerts import Alert
from tracer.pipeline.watch.journal import Cursor, Journal

Send = Callable[[Alert], str]
"""Hands an alert on. Gives "" where it was taken, or why not: in words that hold neither the URL nor the command."""

POST = 10.0  # seconds a webhook has to take an alert
RUN = 60.0  # seconds a command has
FIRST, LONGEST = 1.0, 300.0  # seconds before an alert is handed on again: twice as many after each failure
FAREWELL = 15.0  # seconds the last alerts of a watch have


class Outbox:
    """Who is told, and how far. At least once and in order: an alert counts as taken only after it was, and the next waits for it."""

    def __init__(self, name: str, journal: Journal, send: Send) -> None:
        self.name, self.journal, self.send = name, journal, send
        self.cursor = Cursor(journal, name)

    @property
    def waiting(self) -> int:
        """Alerts that were not taken yet."""
        return len(self.journal.alerts) - self.cursor.taken

    def push(self) -> str:
        """Hands on what waits, up to the first that is not taken; gives why not, or ""."""
        while self.waiting:
            if why := self.send(self.journal.alerts[self.cursor.taken]):
                return why
            self.cursor.move_to(self.cursor.taken + 1)
        return ""


class Courier:
    """Pushes an outbox in a thread of its own: a watch never waits for whoever is told."""

    def __init__(self, outbox: Outbox, note: Callable[[str], None]) -> None:
        self.outbox, self.note = outbox, note
        self._woken, self._leaving = Event(), Event()
        self._said = ""
        self._thread = Thread(target=self._run, daemon=True)
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Says that there are alerts."""
        self._woken.set()

    def close(self) -> None:
        """Tries once more and ends; says what was not taken."""
        self._leaving.set()
        self._woken.set()
        self._thread.join(FAREWELL)
        if self.outbox.waiting:
            self.note(f"{self.outbox.waiting} alerts wait for the {self.outbox.name}: the next watch here hands them on first")

    def _run(self) -> None:
        pause = FIRST
        while True:
            self._woken.wait()
            self._woken.clear()
            last = self._leaving.is_set()
            why = self.outbox.push()
            if why != self._said:
                self._said = why
                self.note(
                    f"the {self.outbox.name} " + (f"did not take an alert ({why}); it is tried again" if why else "takes alerts again")
                )
            if last:
                return
            if why:
                self._leaving.wait(pause)
                pause = min(2 * pause, LONGEST)
                self._woken.set()
            else:
                pause = FIRST


def webhook(url: str) -> Send:
    """Posts each alert as JSON; anything but a status of 200 to 299 is a failure. Raises InputError for what is no URL."""
    import requests

    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InputError("the webhook is no URL: write https://HOST/PATH")

    def send(alert: Alert) -> str:
        try:
            answer = requests.post(url, json=alert.as_json(), timeout=POST, allow_redirects=False, headers={"Idempotency-Key": alert.id})
        except requests.RequestException as error:
            return type(error).__name__
        return "" if 200 <= answer.status_code < 300 else f"status {answer.status_code}"

    return send


def command(line: str) -> Send:
    """Runs a command for each alert, which is JSON on its standard input; no shell reads the line.

    Raises InputError for a line that names no command.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InputError(f"the command to run has quotes that do not close ({error})") from error
    if not words:
        raise InputError("the command to run is empty")

    def send(alert: Alert) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the user's own command, from the command line or the environment
                words, input=json.dumps(alert.as_json()) + "\n", text=True, stdout=subprocess.DEVNULL, timeout=RUN, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return type(error).__name__
        return "" if done.returncode == 0 else f"exit code {done.returncode}"

    return send
