"""An attacker with the whole recording and a redacted export: which rows of third parties can be found again, and whose they are."""

from __future__ import annotations

import csv


def found_again(ledger, export):
    """By place in the redacted table: the one row of the ledger that fits, of each hidden row that only one fits."""
    return {place: fits[0] for place, fits in fitting(ledger, export).items() if len(fits) == 1}


def names_found(ledger, export, name_of):
    """Which accounts would be found if each hidden row had a name for its third party: `name_of` gives it, by place in the table.

    A name leads to an account where that is the only one whose rows fit all rows of the name.
    """
    others = {}
    for place, fits in fitting(ledger, export).items():
        others.setdefault(name_of(place), []).append({other for _, other, _ in fits})
    return {name for name, of_rows in others.items() if len(set.intersection(*of_rows)) == 1}


def fitting(ledger, export):
    """By place in the redacted table: the rows of the ledger that fit each hidden row.

    One fits where the known side, the direction, the amount and, where the known side paid, the fee are the same, and its block lies
    between those of the nearest rows that are not hidden.
    """
    with (export / "transfers.csv").open(encoding="utf-8", newline="") as opened:
        lines = [{key: value.removeprefix("'") for key, value in line.items()} for line in csv.DictReader(opened)]
    with (export / "accounts.csv").open(encoding="utf-8", newline="") as opened:
        shown = {line["address"].removeprefix("'") for line in csv.DictReader(opened)}
    by_known = {}
    for t in ledger:
        if (t.sender in shown) != (t.recipient in shown) and t.sender and t.recipient:
            paid = t.sender in shown
            known, other = (t.sender, t.recipient) if paid else (t.recipient, t.sender)
            by_known.setdefault((known, paid, t.amount, t.fee if paid else 0), []).append((t.height, other, t.tx_hash))
    heights = [int(line["height"]) if line["height"] else None for line in lines]
    found = {}
    for place, line in enumerate(lines):
        if line["commitment"]:
            low = next((h for h in reversed(heights[:place]) if h is not None), 0)
            high = next((h for h in heights[place:] if h is not None), 1 << 62)
            paid = line["sender"] in shown and line["sender"] != "third parties"
            known = line["sender"] if paid else line["recipient"]
            alike = by_known.get((known, paid, int(line["amount"]), int(line["fee"])), [])
            found[place] = [each for each in alike if low <= each[0] <= high]
    return found
