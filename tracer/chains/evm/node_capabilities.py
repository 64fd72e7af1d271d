"""What EVM nodes can, told by what they answered, and how what one lacks is had."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.chains.evm.answers import EvmAnswers

TRACERS = "--http.api=eth,debug,trace with Erigon and Reth, JsonRpc.EnabledModules with Nethermind, --http.api=eth,debug with geth"
LISTS, TRACES, PROVES = WHAT = "lists accounts", "traces", "proves balances"
PROBES = {
    "trace_filter": (LISTS, "trace_filter (Erigon, Nethermind, Reth: the module trace)"),
    "ots_getApiLevel": (LISTS, "ots_* (Erigon, Reth: the module ots)"),
    "trace_block": (TRACES, f"trace_block ({TRACERS})"),
    "debug_traceBlockByNumber": (TRACES, f"debug_traceBlockByNumber ({TRACERS})"),
    "eth_getProof": (PROVES, "eth_getProof (the module eth; services that sell access often leave it out)"),
}
"""By question: what a node can that answers it, and what is missing with one that does not, with the remedy."""


def abilities_said(answers: EvmAnswers) -> Iterator[str]:
    """What each node can and lacks, a sentence or two each, of those that were asked."""
    for node in answers.nodes:
        has, missing = answers.answering.get(node, set()), answers.refusing.get(node, set())
        by = {what: [name.replace("getApiLevel", "*") for name in PROBES if PROBES[name][0] == what and name in has] for what in WHAT}
        can = [f"{what} ({', '.join(names)})" for what, names in by.items() if names]
        if reach := answers.reach.get(node):
            can.append(f"proves them {reach:,} blocks back at least")
        if can:
            yield f"{node} {', '.join(can)}."
        if lacks := [words for method, (_, words) in PROBES.items() if method in missing - has]:
            yield f"{node} lacks {'; '.join(lacks)}."
    if answers.final is not None:
        safe = "" if answers.safe is None else f", and safe is block {answers.safe:,}: validators stand by what is up to there"
        yield f"Final is block {answers.final:,}, as a node says: what lies above is provisional{safe}."
