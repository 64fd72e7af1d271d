"""The server: on loopback alone, in a thread of its own, one for each folder."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tracer.casefolder.lock import locked
from tracer.errors import InputError, StoreError
from tracer.workbench.access import HERE, Door
from tracer.workbench.app import app_of
from tracer.workbench.served_case import Desk

LOCK = ".view.lock"
STOPPING = 5.0  # seconds that answers under way have to end
WAIT = 10.0  # seconds: a server starts in a moment, or not at all


@contextmanager
def serving(desk: Desk, port: int = 0) -> Iterator[Door]:
    """Serves a desk while the context lasts; the door has the address of the first visit. Port 0: any that is free.

    Raises StoreError where another server is at the folder, InputError where the port is taken.
    """
    desk.folder.mkdir(parents=True, exist_ok=True)
    lock = locked(desk.folder / LOCK, busy="another tracer view serves it: use the page that it opened, or end it with Ctrl-C")
    try:
        with _bound(port) as listening:
            door = Door(app_of(desk), listening.getsockname()[1], desk.token)
            with _running(door, listening):
                yield door
    finally:
        lock.close()


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        try:
            listening.bind((HERE, port))
        except (OSError, OverflowError) as error:
            raise InputError(f"port {port} of {HERE} cannot be used ({error}): name another with --port, or none") from error
        yield listening


@contextmanager
def _running(door: Door, listening: socket.socket) -> Iterator[None]:
    """Runs the server in a thread. It writes no log: the first address holds a secret."""
    config = uvicorn.Config(
        door,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=int(STOPPING),
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), name="server", daemon=True)
    thread.start()
    began = threading.Event()
    for _ in range(int(WAIT * 100)):
        if server.started or not thread.is_alive():
            break
        began.wait(0.01)
    if not server.started:
        raise StoreError("the server did not start: run the command again")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOPPING)
