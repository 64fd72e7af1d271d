"""Fixtures of the tests on nodes."""

from __future__ import annotations

import pytest
from support.live_cases import RECORDING, LiveCase
from support.nis_server import NisServer


@pytest.fixture
def live(tmp_path):
    return LiveCase(tmp_path, max_accounts=3)


@pytest.fixture
def node():
    with NisServer(RECORDING) as server:
        yield server


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """What the small case comes to when nothing goes wrong."""
    with NisServer(RECORDING) as server:
        return LiveCase(tmp_path_factory.mktemp("undisturbed"), max_accounts=3).trace(server)
