"""What the case file asks, put to each package in its own terms: labels, thefts, stops, tags, where an acquisition begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from tracer.casefile import CaseFile, ClaimEntry, TheftQuery
from tracer.chains import chain
from tracer.errors import AddressError, AuditError, CaseError, InputError, LedgerError
from tracer.ingest.chain import asset_of, checked_address
from tracer.ingest.digests import SourceDigest, digests
from tracer.ingest.node.acquisition import Frontier, Seeds
from tracer.ingest.node.live import Live
from tracer.ingest.sources import Progress, quiet, read_ledger
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, gaps_of
from tracer.model import Asset, Claim, Evidence, Label, Price, Tag, Theft
from tracer.tracing import Stops, Trace, candidates, follow, thefts_by_hash
from tracer.tracing.stops import cuts, horizon
from tracer.tracing.thefts import Window

if TYPE_CHECKING:
    from tracer.dataset.reader import ColumnFiles
    from tracer.dataset.slicing import Slice, Slicing, Sought
    from tracer.evidence import Context
    from tracer.tagging import Examined, Thresholds, View


def labels_of(case: CaseFile) -> list[Label]:
    """The labels of all TagPacks of the case, in the order the case file names them."""
    return [label for name in case.labels.files for label in _pack(case, name)]


def _pack(case: CaseFile, name: str) -> list[Label]:
    """The labels of one TagPack of the case."""
    from tracer.labels import read_tagpack

    return read_tagpack(case.folder / name, asset_of(case).symbol, lambda text: checked_address(case, text))


def book_of(case: CaseFile, labels: list[Label]) -> LabelBook:
    return LabelBook(labels, case.labels.min_confidence)


def context_of(case: CaseFile, ledger: Ledger) -> Context:
    """What stands beside the trace: markings read from the chain, evidence, claims and prices as the case file states them.

    Raises CaseError naming the line of a claim that states no amount of coins, InputError for a price that cannot be read.
    """
    from tracer.evidence import Context

    return Context(
        markings=[] if case.chain == "table" else chain(case.chain).markings(ledger.events, case.labels.markers, ledger.tip),
        evidence=[
            Evidence(
                each.kind, each.value, int(each.time.timestamp()), each.source, each.grade, each.status, each.subject, each.third_party
            )
            for each in case.offchain
        ],
        claims=[_claim(case, ledger.asset, number, entry) for number, entry in enumerate(case.claims)],
        prices=_prices(case),
    )


def _claim(case: CaseFile, asset: Asset, number: int, entry: ClaimEntry) -> Claim:
    from tracer.evidence import coins

    stated: dict[str, int | None] = {}
    for key in ("low", "high"):
        try:
            stated[key] = coins(getattr(entry, key), asset)
        except ValueError as error:
            raise case.fault(("claims", number, key), f"{key} {error}") from error
    least, most = stated["low"], stated["high"]
    if least is not None and most is not None and least > most:
        raise case.fault(("claims", number, "high"), f"high = {entry.high!r} is less than low = {entry.low!r}")
    return Claim(entry.from_, entry.to, least, most, _seconds(entry.since), _seconds(entry.until), entry.says, entry.source)


def _prices(case: CaseFile) -> list[Price]:
    if case.prices is None:
        return []
    from tracer.ingest.prices import read_prices

    currency = case.prices.currency or Path(case.prices.file).stem.upper()
    return read_prices(case.folder / case.prices.file, currency)


def stops_of(case: CaseFile, book: LabelBook) -> Stops:
    """The stops the case file declares: labelled services, dust, the last moment.

    Raises CaseError for a service in `through` that no label names.
    """
    known = {name for each in book.labels for name in (each.address, each.label, each.actor)}
    for number, name in enumerate(case.trace.through):
        if name not in known:
            raise case.fault(("trace", "through", number), f"through: no label, service or labelled address is called {name!r}")
    return Stops(
        services=book.services(case.stops.categories, case.trace.through),
        dust=case.stops.dust,
        until=_seconds(case.stops.until),
    )


def kept_without(case: CaseFile, labels: list[Label], left_out: Collection[str]) -> list[Label]:
    """The labels that remain without those of some sources: a label's source, the title of its pack or the file of the pack.

    A label that another pack gives as well remains. Raises InputError for a source that no label has, naming those there are.
    """
    kept = Counter(labels)
    for name in left_out:
        gone = [label for label in labels if name in (label.source, label.pack)] or [
            label for file in case.labels.files if name in (file, PurePath(file).name) for label in _pack(case, file)
        ]
        if not gone:
            there = sorted({label.source for label in labels})
            others = sorted({label.pack for label in labels} | {PurePath(file).name for file in case.labels.files})
            raise InputError(
                f"no label of this case is of {name!r}: the sources are {', '.join(there) or 'none'}"
                + (f"; the packs {', '.join(others)}" if others else "")
            )
        kept -= Counter(gone)
    return list(kept.elements())


def stops_without(case: CaseFile, labels: list[Label], kept: list[Label]) -> Stops:
    """The stops of the case if only the labels `kept` were known. What `through` names needs no label then."""
    services = book_of(case, kept).services(case.stops.categories, case.trace.through)
    return stops_of(case, book_of(case, labels))._replace(services=services)


def thefts_of(case: CaseFile, ledger: Ledger) -> list[Theft]:
    """The rows that the [[thefts]] of the case name, each once, in ledger order.

    Raises CaseError naming the line whose theft is not in the ledger, or whose address is mistyped.
    """
    found: dict[int, Theft] = {}
    for number, query in enumerate(case.thefts):
        try:
            named = _thefts(case, ledger, query)
        except (LedgerError, AddressError) as error:
            key = "transfer" if query.transfer else "wallet"
            raise case.fault(("thefts", number, key), str(error)) from error
        for theft in named:
            if theft.row in found:
                raise case.fault(("thefts", number), f"names {theft.tx_hash or theft.row_key} a second time: leave one out")
            found[theft.row] = theft
    if not found:
        raise case.fault((), 'the case names no theft: add a [[thefts]] table with transfer = "hash"')
    last = _seconds(case.stops.until)
    for theft in found.values():
        if last is not None and theft.time > last:
            raise case.fault(("stops", "until"), f"nothing after it is followed, and theft {theft.tx_hash or theft.row_key} is after it")
    try:
        horizon(ledger, Stops(until=last))
    except LedgerError as error:
        raise case.fault(("stops", "until"), str(error)) from error
    return [found[row] for row in sorted(found)]


def _thefts(case: CaseFile, ledger: Ledger, query: TheftQuery) -> list[Theft]:
    if query.transfer:
        return thefts_by_hash(ledger, query.transfer, query.label)
    window = Window(
        wallet=checked_address(case, query.wallet or ""),
        first=_seconds(query.from_),
        last=_seconds(query.until),
        to=[_in_ledger(case, ledger, each) for each in query.to],
        min_amount=query.min_amount,
        exclude=[excluded for each in query.exclude for excluded in _excluded(case, ledger, each)],
    )
    if (window.first, window.last) != (None, None) and not any(ledger.columns.time):
        raise LedgerError("the source states no times, so no window of time can be cut from it: name transfer = hash")
    return candidates(ledger, window, query.label)


def _in_ledger(case: CaseFile, ledger: Ledger, text: str) -> str:
    address = checked_address(case, text)
    if address not in ledger.index:
        raise LedgerError(f"{address} is not in the ledger, so nothing was paid to it")
    return address


def _excluded(case: CaseFile, ledger: Ledger, text: str) -> list[str]:
    """What an entry of `exclude` leaves out: a transaction by its hash, or a recipient. Raises LedgerError if it is neither."""
    rows = ledger.rows_of_hash(text)
    if rows:
        return [str(ledger.columns.tx_hash[row]) for row in rows]
    try:
        return [_in_ledger(case, ledger, text)]
    except (AddressError, LedgerError) as error:
        raise LedgerError(f"exclude: {text!r} is no transaction and no address of the ledger") from error


def thresholds_of(case: CaseFile) -> Thresholds:
    """The thresholds of all tags, with those of the case file in every preset. Raises CaseError naming the line at fault."""
    from tracer.tagging import fault_in, overridden

    fault = fault_in(case.thresholds)
    if fault:
        where, why = fault
        raise case.fault(("thresholds", *where), why)
    return overridden(case.thresholds)


def view_of(ledger: Ledger, book: LabelBook, trace: Trace) -> View:
    """What the heuristics look at: a traced ledger."""
    from tracer.tagging import Reach, View

    reach = Reach(
        touched=trace.touched,
        carried={row: min(trace.carried(row).values()) for row in trace.carrying},
        services=trace.stops.services,
        robbed={theft.sender for theft in trace.thefts},
        dust=trace.stops.dust,
    )
    return View(ledger, book, reach)


def tagged(case: CaseFile, ledger: Ledger, book: LabelBook, trace: Trace) -> tuple[Tag, ...]:
    """Every tag of a traced case."""
    from tracer.tagging import HEURISTICS, tags_of

    return tags_of(view_of(ledger, book, trace), HEURISTICS, thresholds_of(case))


def examined(case: CaseFile, ledger: Ledger, book: LabelBook, trace: Trace, address: str) -> list[Examined]:
    """What every heuristic says of one address, holding or not; nothing where stolen value could not have come."""
    from tracer.tagging import HEURISTICS, examine

    return examine(view_of(ledger, book, trace), address, HEURISTICS, thresholds_of(case))


def seeds_of(case: CaseFile) -> Seeds:
    """Where an acquisition begins: the thefts of the case, by their wallets where these are named."""
    wallets: dict[str, int | None] = {}
    for number, query in enumerate(case.thefts):
        if query.wallet:
            try:
                wallet = checked_address(case, query.wallet)
            except AddressError as error:
                raise case.fault(("thefts", number, "wallet"), str(error)) from error
            since = _seconds(query.from_)
            known = wallets.get(wallet, since)
            wallets[wallet] = None if since is None or known is None else min(since, known)
    hashes = tuple(query.transfer.lower().removeprefix("0x") for query in case.thefts if query.transfer and not query.wallet)
    return Seeds(hashes, tuple(wallets.items()))


def sought_of(case: CaseFile) -> Sought:
    """What the thefts of the case name, to be looked up in column files. A mistyped address is left out: `thefts_of` names it."""
    from tracer.dataset.reader import Payments
    from tracer.dataset.slicing import Sought

    def known(texts: Iterable[str]) -> list[str]:
        found = []
        for text in texts:
            with suppress(AddressError):
                found.append(checked_address(case, text))
        return found

    payments = [
        Payments(wallet, _seconds(query.from_), _seconds(query.until), query.min_amount)
        for query in case.thefts
        if not query.transfer
        for wallet in known([query.wallet or ""])
    ]
    hashes = [each for query in case.thefts for each in (query.transfer, *query.exclude) if each]
    return Sought(tuple(hashes), tuple(payments), tuple(known(each for query in case.thefts for each in (*query.to, *query.exclude))))


def source_digests(case: CaseFile) -> list[SourceDigest]:
    """SHA-256 of every file the case reads. Raises CaseError where one is missing."""
    if case.column_source is None:
        return digests(case)
    from tracer.dataset.sources import column_digests

    return [*column_digests(case), *digests(case)]


def read_sources(case: CaseFile, progress: Progress = quiet, live: Live | None = None) -> Ledger:
    """The ledger of a case: of all its sources together, or the slice it needs of a ledger bigger than a case.

    `live` says how nodes are read, if there are any. Raises TracerError.
    """
    if case.column_source is None:
        return read_ledger(case, progress, live)
    from tracer.dataset.sources import column_files, read_sliced

    files = column_files(case)
    progress(f"looking for what can be reached in {files.rows:,} rows of {files.name}", 0, 0)
    return read_sliced(case, files, slicing_of(case))


def slicing_of(case: CaseFile) -> Slicing:
    """How the slice that a case needs is found in its column files."""
    from tracer.dataset.slicing import Slicing

    return Slicing(sought_of(case), lambda files, excerpt: _extent(case, files, excerpt))


def _extent(case: CaseFile, files: ColumnFiles, excerpt: Ledger) -> Slice:
    """The accounts that stolen value can reach, and the thefts."""
    from tracer.dataset.slicing import Slice
    from tracer.tracing.slice import Limits, needed

    thefts = thefts_of(case, excerpt)
    stops = stops_of(case, book_of(case, labels_of(case)))
    number = files.addresses.number
    rows = files.rows_of_keys([theft.row_key for theft in thefts])
    robbed = {number(theft.sender): row for theft, row in reversed(list(zip(thefts, rows.tolist(), strict=True)))}
    limits = Limits(
        services=[found for found in map(number, stops.services) if found is not None],
        robbed={account: row for account, row in robbed.items() if account is not None},
        dust=stops.dust,
        rows=files.rows if stops.until is None else files.horizon(stops.until),
    )
    sender, recipient, amount = (files.column(name) for name in ("sender", "recipient", "amount"))
    return Slice(needed(sender, recipient, amount, rows.tolist(), limits, len(files.addresses)), rows)


def frontier_of(case: CaseFile, book: LabelBook, ledger: Ledger) -> Frontier:
    """The accounts at the boundary that stolen value reached, by the haircut value there, most first.

    Haircut spreads value over everything that was touched, so no other rule reaches an account that is not among them;
    those with less than a unit come last, in the order they were touched.
    """
    try:
        thefts = thefts_of(case, ledger)
    except CaseError as error:
        raise CaseError(f"{error} (as far as the nodes were read)") from error
    stops = stops_of(case, book)
    trace = follow(ledger, thefts, stops, ["haircut"])
    values = {e.address: e.amounts["haircut"] for e in trace.endpoints if e.reason == "not_fetched"}
    reasons = cuts(ledger, thefts, stops, horizon(ledger, stops))
    for address, row in sorted(trace.touched.items(), key=lambda item: item[1]):
        if reasons.get(row) == "not_fetched":
            values.setdefault(address, 0)
    return Frontier(sorted(values.items(), key=lambda item: -item[1]), trace.rules["haircut"].total)


def require_sound(case: CaseFile, ledger: Ledger, verdict: Audit, allow_gaps: bool) -> None:
    """Raises AuditError if the ledger does not add up and gaps were not allowed."""
    if verdict.adds_up or allow_gaps:
        return
    first, *more = gaps_of(ledger, verdict)
    others = f" (and {len(more)} more)" if more else ""
    raise AuditError(
        f"{case.path}: the ledger does not add up: {first}{others}. Mend the source; or trace with --allow-gaps, and every result says so"
    )


def primary_of(case: CaseFile, what: str) -> str:
    """The primary rule. Raises CaseError where none is declared: `what` (a report, a freeze list) states one figure, not five."""
    if case.trace.primary is None:
        raise case.fault(
            ("trace",),
            f"{what} needs a primary rule: under [trace] write primary = "
            f'"{case.trace.rules[0]}" (or another of rules) and reason = "...", why this rule and not another; then trace again',
        )
    return case.trace.primary


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
