"""The sources of a case -> its ledger."""

from __future__ import annotations

from tracer.casefile import CaseFile, Source
from tracer.errors import InputError
from tracer.ingest.chain_and_asset_of_case import asset_of, chain_of, hash_form, others_of
from tracer.ingest.node.acquisition import Report, Standing
from tracer.ingest.node.live import Live, read_nodes
from tracer.ingest.node.recording import exchanges
from tracer.ingest.source_digests import SourceDigest, begins_as, require_end
from tracer.ledger import Ledger, assemble
from tracer.model import Advance, Asset, Progress, Reading, Recognition, quiet
from tracer.wording import counted


def read_ledger(question: CaseFile, progress: Progress = quiet, live: Live | None = None) -> Ledger:
    """The ledger of all sources of the case together; `live` says how nodes are read, if there are any among them."""
    assets = asset_of(question), *others_of(question)
    readings = [
        _of_asset(read_source(question, source, asset, progress, live), number)
        for source in question.sources
        for number, asset in enumerate(assets)
    ]
    return assemble(assets[0], readings, hash_form(question), assets[1:])


def read_on(question: CaseFile, before: Ledger, table: SourceDigest) -> Ledger | None:
    """The ledger of a case of one table, of which `before` was read when the table was as its digest says: where it has got more lines
    since, these alone are read. None where it is to be read whole."""
    from tracer.ingest.table.appended_lines import read_appended
    from tracer.ingest.table.table_format import format_of

    (source,) = question.sources
    path = question.file(source.path, ("sources", 0, "path"))
    if not begins_as(path, table):
        return None
    reading = read_appended(path, format_of(question, source), before, table.size)
    return reading and assemble(before.asset, [reading], hash_form(question), before=before)


def recognised(question: CaseFile) -> Recognition:
    """What became what in the sources of the case, whoever's it was; nothing where its chain, or a table, tells nothing of it."""
    recognises, assets = chain_of(question).recognises, (asset_of(question), *others_of(question))
    found = Recognition()
    for number, source in enumerate(question.sources if question.assets and recognises else ()):
        if source.kind == "recording" and recognises:
            path = question.file(source.path, ("sources", number, "path"))
            more = recognises(exchanges(path, lambda _: None), assets, source.path)
            found = Recognition(
                found.conversions + more.conversions,
                found.recognised + more.recognised,
                found.pools + more.pools,
                found.unlisted + more.unlisted,
                found.baskets + more.baskets,
            )
    return found


def _of_asset(reading: Reading, asset: int) -> Reading:
    """The same, as what it is of among the assets of the case."""
    if not asset:
        return reading
    return reading._replace(
        transfers=[transfer._replace(asset=asset) for transfer in reading.transfers],
        accounts=[account._replace(asset=asset) for account in reading.accounts],
    )


def read_source(question: CaseFile, source: Source, asset: Asset, progress: Progress, live: Live | None = None) -> Reading:
    """What one source of the case holds of an asset. Raises InputError, CaseError."""
    if source.kind == "node":
        if live is None:
            raise question.fault(("sources",), "a node is read into a case folder: tracer trace")
        return read_nodes(question, source, asset, live, _followed(asset, progress))
    path = question.file(source.path, ("sources", question.sources.index(source), "path"))
    require_end(path)
    if source.kind == "table":
        from tracer.ingest.table.table_format import format_of
        from tracer.ingest.table.table_reader import read_table

        return read_table(path, format_of(question, source), lambda line: progress(Advance(f"reading {source.path}", line, unit="lines")))
    scan = chain_of(question).scan
    if scan is None:
        raise question.fault(("sources",), f'chain = "{question.chain}" has no recording: name the chain it is of')
    size = path.stat().st_size
    try:
        reading = scan(exchanges(path, lambda done: progress(Advance(f"reading {source.path}", done, size, "bytes"))), asset, source.path)
    except InputError as error:
        raise error if str(error).startswith(str(path)) else InputError(f"{path}: {error}") from error
    if None not in (question.chain_id, reading.chain_id) and question.chain_id != reading.chain_id:
        why = f"chain_id = {question.chain_id}, and {source.path} is of chain {reading.chain_id}: it was recorded on another network"
        raise question.fault(("chain_id",), why)
    return reading


def _followed(asset: Asset, progress: Progress) -> Report:
    """Progress of an acquisition: questions, accounts, and the stolen value whose end is not known yet."""

    def report(standing: Standing) -> None:
        if not standing.frontier.stolen:
            progress(Advance("reading the thefts from nodes", standing.asked, unit="questions"))
            return
        value = sum(value for _, value in standing.frontier.wanted)
        read = f"{counted(standing.accounts, 'account')} read, at least {standing.unread:,} to read"
        total = standing.asked + standing.left
        progress(Advance("reading nodes", standing.asked, total, "questions", True, f"{read}; {asset.stated(value)} left to follow"))

    return report
