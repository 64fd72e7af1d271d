"""How the sources of a case are read: all together, where an acquisition begins and goes next, which slice of a data set is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.casefile import CaseFile
from tracer.errors import AddressError, CaseError
from tracer.ingest.chain_and_asset_of_case import checked_address, hash_form
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.ingest.node.acquisition import Frontier, Seeds
from tracer.ingest.node.live import Live
from tracer.ingest.source_digests import SourceDigest, digests
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Advance, Progress, quiet
from tracer.plan.labels import labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of
from tracer.tracing import follow
from tracer.tracing.stops import cuts, horizon
from tracer.wording import hosted, seconds

if TYPE_CHECKING:
    from tracer.dataset.data_set_of_case import Opened
    from tracer.dataset.data_set_reader import DataSet
    from tracer.dataset.slice_of_case import Slice, Slicing, Sought


def live_of(question: CaseFile, recording: Path, *, offline: bool, patience: float) -> Live | None:
    """How the nodes of a case are read into a recording; None if it has none. `patience` scales all waiting."""
    if not question.nodes:
        return None
    book = labels_of(question)
    return Live(recording, seeds_of(question), lambda ledger: frontier_of(question, book, ledger), offline, patience)


def seeds_of(question: CaseFile) -> Seeds:
    """Where an acquisition begins: the thefts of the case, by their wallets where these are named."""
    wallets: dict[str, int | None] = {}
    for number, query in enumerate(question.thefts):
        if query.wallet:
            try:
                wallet = checked_address(question, query.wallet)
            except AddressError as error:
                raise question.fault(("thefts", number, "wallet"), str(error)) from error
            since = seconds(query.from_)
            known = wallets.get(wallet, since)
            wallets[wallet] = None if since is None or known is None else min(since, known)
    hashes = tuple(hash_form(question)(query.transfer) for query in question.thefts if query.transfer and not query.wallet)
    return Seeds(hashes, tuple(wallets.items()), tuple(_read(question)))


def _read(question: CaseFile) -> Iterator[str]:
    """The accounts that are read whatever value lies there, each once."""
    read = set()
    for number, text in enumerate(question.stops.read):
        try:
            address = checked_address(question, text)
        except AddressError as error:
            raise question.fault(("stops", "read", number), str(error)) from error
        if address not in read:
            read.add(address)
            yield address


def sought_of(question: CaseFile) -> Sought:
    """What the thefts of the case name, to be looked up in a data set. A mistyped address is left out: `thefts_of` names it."""
    from tracer.dataset.data_set_reader import Payments
    from tracer.dataset.slice_of_case import Sought

    def known(texts: Iterable[str]) -> list[str]:
        found = []
        for text in texts:
            with suppress(AddressError):
                found.append(checked_address(question, text))
        return found

    payments = [
        Payments(wallet, seconds(query.from_), seconds(query.until), query.min_amount)
        for query in question.thefts
        if not query.transfer
        for wallet in known([query.wallet or ""])
    ]
    hashes = [hash_form(question)(each) for query in question.thefts for each in (query.transfer, *query.exclude) if each]
    return Sought(tuple(hashes), tuple(payments), tuple(known(each for query in question.thefts for each in (*query.to, *query.exclude))))


def source_digests(question: CaseFile) -> list[SourceDigest]:
    """SHA-256 of every file the case reads. Raises CaseError where one is missing."""
    if question.column_source is None:
        return digests(question)
    from tracer.dataset.data_set_of_case import column_digests

    return [*column_digests(question), *digests(question)]


def read_sources(question: CaseFile, progress: Progress = quiet, live: Live | None = None, opened: Opened | None = None) -> Ledger:
    """The ledger of a case: of all its sources together, or the slice it needs of a ledger bigger than a case.

    `live` says how nodes are read, if there are any; `opened` what looks through a data set, where that is not this process. Raises
    TracerError.
    """
    if question.column_source is None:
        if opened is not None:
            raise question.fault(("sources",), 'Spark looks through a data set: make one with tracer columns, and write kind = "columns"')
        return read_ledger(question, progress, live)
    from tracer.dataset.data_set_of_case import data_set, read_sliced

    data = data_set(question, opened)
    progress(Advance(f"looking for what can be reached in {data.rows:,} rows of {data.name}"))
    return read_sliced(question, data, slicing_of(question))


def slicing_of(question: CaseFile) -> Slicing:
    """How the slice that a case needs is found in its data set."""
    from tracer.dataset.slice_of_case import Slicing

    return Slicing(sought_of(question), lambda data, excerpt: _extent(question, data, excerpt))


def _extent(question: CaseFile, data: DataSet, excerpt: Ledger) -> Slice:
    """The accounts that stolen value can reach, and the thefts."""
    from tracer.dataset.slice_of_case import Slice
    from tracer.tracing.cone_over_columns import Limits

    thefts = thefts_of(question, excerpt)
    stops = stops_of(question, labels_of(question))
    number = data.addresses.number
    data.addresses.look_up([*stops.services, *(theft.sender for theft in thefts)])
    rows = data.rows_of_keys([theft.row_key for theft in thefts])
    drained = {number(theft.sender): row for theft, row in reversed(list(zip(thefts, rows.tolist(), strict=True)))}
    limits = Limits(
        services=[found for found in map(number, stops.services) if found is not None],
        drained={account: row for account, row in drained.items() if account is not None},
        rows=data.rows if stops.until is None else data.horizon(stops.until),
    )
    return Slice(data.reachable(rows.tolist(), limits, stops.dust), rows)


def frontier_of(question: CaseFile, book: LabelBook, ledger: Ledger) -> Frontier:
    """The accounts at the boundary that stolen value reached, by the haircut value there, most first.

    Haircut spreads value over everything that was touched, so no other rule reaches an account that is not among them;
    those with less than a unit come last, in the order they were touched.
    """
    try:
        thefts = thefts_of(question, ledger)
    except CaseError as error:
        read = ", ".join(hosted(node.url) for node in ledger.nodes) or "the nodes"
        raise CaseError(f"{error} (as far as {read} showed it; add another node with --node)") from error
    stops = stops_of(question, book)
    trace = follow(ledger, thefts, stops, ["haircut"])
    values = {e.address: e.amounts["haircut"] for e in trace.endpoints if e.reason == "not_fetched"}
    reasons = cuts(ledger, thefts, stops, horizon(ledger, stops))
    for address, row in sorted(trace.touched.items(), key=lambda item: item[1]):
        if reasons.get(row) == "not_fetched":
            values.setdefault(address, 0)
    return Frontier(sorted(values.items(), key=lambda item: -item[1]), trace.rules["haircut"].total)
