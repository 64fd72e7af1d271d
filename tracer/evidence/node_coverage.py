"""Which node gave what, how old its chain was when it was read, and why one was given up: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.model import NodeSource
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import counted, hosted, lasted, utc

OLD = 600  # seconds: a chain whose last block is older may have moved on
STUCK = 1800  # seconds: a node whose last block is older, while another one is ahead, no longer follows the chain


def nodes_said(nodes: Sequence[NodeSource]) -> Iterator[str]:
    """What the coverage statement says of the nodes that were read."""
    for node in nodes:
        yield f"Node {hosted(node.url)} ({_version(node)}) {_tip(node)}; {_gave(node)}.{_given_up(node)}"
    highest = max((node for node in nodes if node.height is not None), key=lambda node: node.height or 0, default=None)
    age = None if highest is None else _age(highest)
    if highest is not None and age is not None and age > OLD:
        yield (
            f"THE LAST BLOCK WAS {lasted(age).upper()} OLD when it was read from {hosted(highest.url)}, and no node was ahead of it: "
            "what was paid since is not here. Ask another node with --node."
        )
    for node in nodes:
        behind = (highest.height or 0) - (node.height or 0) if highest is not None and node.height is not None else 0
        if highest is not None and behind and (_age(node) or 0) >= STUCK:
            yield (
                f"Node {hosted(node.url)} is stuck: its last block was {lasted(_age(node) or 0)} old, and {hosted(highest.url)} was "
                f"{counted(behind, 'block')} ahead."
            )


def _age(node: NodeSource) -> int | None:
    """How old a node's last block was when it was read, in seconds; None where it was not asked or states no time."""
    return None if node.tip_time is None or node.read_time is None else max(0, node.read_time - node.tip_time)


def _version(node: NodeSource) -> str:
    return f"version {plain(node.version)}" if node.version else "it states no version"


def _tip(node: NodeSource) -> str:
    if node.height is None or node.read_time is None:
        return "was not asked how high its chain is"
    age = _age(node)
    made = "" if node.tip_time is None or age is None else f" of {utc(node.tip_time)}, {lasted(age)} old"
    return f"ended with block {node.height:,}{made}, when it was read at {utc(node.read_time)}"


def _gave(node: NodeSource) -> str:
    parts = ((node.accounts, "balance"), (node.lists, "list of payments"), (node.blocks, "block"))
    gave = [counted(number, noun, "lists of payments" if noun.startswith("list") else "") for number, noun in parts if number]
    return f"it gave {', '.join(gave)}" if gave else "nothing of what counts here is from it"


def _given_up(node: NodeSource) -> str:
    if not node.given_up:
        return ""
    when = "" if node.given_up_time is None else f" at {utc(node.given_up_time)}"
    again = node.given_up_time is not None and node.read_time is not None and node.read_time > node.given_up_time
    return f" It was given up{when}: {plain(node.given_up)}{'; a later run asked it again' if again else ''}."
