"""What the nodes of a case can do, asked before anything is read of them, and the remedy for what they cannot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

import requests

from tracer.casefile import CaseFile, Source
from tracer.chains.node.api_keys import filled, keyless
from tracer.chains.node.transport import Waits, put_question
from tracer.chains.node_requirements import Found, found_out
from tracer.errors import NodeError
from tracer.ingest.chain_and_asset_of_case import chain_of, hash_form

WAITS = Waits(5.0, 10.0, 15.0)
"""Seconds that a node has to answer here: somebody sits before the page."""


def able(question: CaseFile) -> Iterator[Found]:
    """What each node of a case can do, as it is asked, at the rate of the case; nothing of it is recorded, and no figure rests on it."""
    wallets = [theft.wallet for theft in question.thefts if theft.wallet]
    hashes = [hash_form(question)(theft.transfer) for theft in question.thefts if theft.transfer]
    named = {**({"wallet": wallets[0].replace("-", "")} if wallets else {}), **({"hash": hashes[0]} if hashes else {})}
    for source in question.nodes:
        with requests.Session() as session:
            if source.proxy:
                session.proxies = {"http": source.proxy, "https": source.proxy}
            yield from found_out(source.urls, chain_of(question).abilities(), named, partial(_put, session, source))


def _put(session: requests.Session, source: Source, node: str, method: str, path: str, body: str | None) -> tuple[int, str]:
    time.sleep(1 / source.rate)
    address = (node if "://" in node else f"http://{node}").rstrip("/")
    try:
        answer = put_question(session, method, filled(address) + path, body, WAITS)
    except NodeError:
        return 0, ""
    return (0, "") if answer.why else (answer.status, answer.text)


def row_of(found: Found) -> dict[str, str | bool]:
    """A finding as the page has it: the address of the node without a password."""
    return {**found._asdict(), "node": keyless(found.node)}
