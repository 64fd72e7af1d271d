"""A simulated node for every test here."""

from support.node_fixtures import *  # noqa: F403 - fixtures
