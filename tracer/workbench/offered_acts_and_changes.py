"""What the page must know to offer its acts, as JSON values: what could be changed, what was changed since, what moved."""

from __future__ import annotations

import os
from typing import Any

from tracer.casefile import CaseFile
from tracer.casefile.differences import differences
from tracer.casefolder import CaseFolder
from tracer.casefolder.manifest import changed_sources
from tracer.compare import compare_results
from tracer.errors import TracerError
from tracer.labels.tagpack import categories
from tracer.pipeline.declare import results_seen
from tracer.pipeline.suspected_thefts import suspected_of

MOST = 200  # suspected thefts that are listed, the largest first


def offered(case: CaseFolder) -> dict[str, Any]:
    """What the acts of a traced case are offered with. Amounts are decimal strings of the smallest unit."""
    question, suspected = case.question, suspected_of(case)
    return {
        "case_file": os.path.normpath(question.path),
        "nodes": [url for source in question.nodes for url in source.urls],
        "rate": max((source.rate for source in question.nodes), default=0),
        "budget": _budget(case),
        "categories": list(question.stops.categories),
        "words": categories(),
        "services": sorted(set(case.trace.stops.services.values())),
        "through": list(question.trace.through),
        "dust": str(question.stops.dust),
        "until": f"{question.stops.until:%Y-%m-%d %H:%M:%S}" if question.stops.until else "",
        "rules": list(question.trace.rules),
        "primary": question.trace.primary,
        "results_seen": results_seen(case),
        "unread": sorted({end.address for end in case.trace.endpoints if end.reason == "not_fetched"}),
        "suspected": [
            {"transfer": each.tx_hash, "wallet": each.sender, "to": each.recipient, "amount": str(each.amount), "time": each.time}
            for each in suspected[:MOST]
            if each.tx_hash
        ],
        "suspected_more": max(0, len(suspected) - MOST),
    }


def _budget(case: CaseFolder) -> dict[str, int]:
    stops = case.question.stops
    return {"read": case.audit.full, "accounts": stops.max_accounts, "besides": len(stops.read), "requests": stops.max_requests}


def pending_of(case: CaseFolder) -> list[str]:
    """What was changed since a case was traced: in its case file, in its sources and labels. A sentence each."""
    try:
        now = CaseFile.load(case.question.path)
    except TracerError as error:
        return [str(error)]
    changed = [f"The case file: {each}" for each in differences(case.question.text, now.text)]
    return [*changed, *changed_sources(case.question, case.folder, case.manifest["sources"], False), *case.altered_files()]


def moved_of(before: CaseFolder, after: CaseFolder) -> dict[str, Any]:
    """What moved from one result of a case to the next, endpoint by endpoint. Amounts are decimal strings of the smallest unit."""
    found = compare_results(before, after)
    return {
        "before": before.manifest["results_digest"],
        "after": after.manifest["results_digest"],
        "rules": list(found.rules),
        "verdict": found.verdict,
        "why": [cause.sentence for cause in found.why],
        "endpoints": [
            {
                "address": each.address,
                "reason": each.reason,
                "service": [name or "" for name in each.service],
                "before": {rule: str(each.before[rule]) for rule in found.rules},
                "after": {rule: str(each.after[rule]) for rule in found.rules},
            }
            for each in found.endpoints
        ],
        "sums": {
            name: {"before": {rule: str(a) for rule, (a, _) in sums.items()}, "after": {rule: str(b) for rule, (_, b) in sums.items()}}
            for name, sums in (("fees", found.fees), ("stolen", found.stolen))
        },
    }
