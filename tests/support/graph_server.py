"""A real Neo4j server process for tests: `dev/neo4j-dev`, on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager

from conftest import REQUIRED, ROOT, missing

from tracer.store.graph.session import GraphTarget

PASSWORD = "only-for-tests"


class Neo4j:
    """A server process of our own: `dev/neo4j-dev`, in a folder of the test."""

    def __init__(self, folder, before=""):
        self.folder, self.before = folder, before
        self.place = None

    def start(self):
        said = self._run("start")
        self.place = GraphTarget(said.strip(), "neo4j", PASSWORD)
        return self

    def pid(self):
        return int((self.folder / "pid").read_text())

    def stop(self):
        self._run("stop")

    def _run(self, what):
        settings = {"NEO4J_DEV_DIR": str(self.folder), "NEO4J_DEV_PASSWORD": PASSWORD, "NEO4J_DEV_HEAP": "512m"}
        command = ["bash", "-c", f'{self.before} exec "$0" {what}', str(ROOT / "dev" / "neo4j-dev")]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | settings, timeout=600)
        if done.returncode:
            raise RuntimeError(f"neo4j-dev {what}: {done.stderr[-2000:]}")
        return done.stdout


@contextmanager
def server(folder, before=""):
    """A running server, stopped at the end. Skips where there is no Java or Maven, or nobody asked for it."""
    if "neo4j" not in REQUIRED:
        missing("neo4j", "make test-graph runs it, with Java and Maven")
    if not (shutil.which("java") and shutil.which("mvn")):
        missing("neo4j", "install Java (17 or 21) and Maven")
    running = Neo4j(folder, before)
    try:
        yield running.start()
    finally:
        running.stop()
