"""`case.toml`: what is asked. Strict: what is not understood is refused, with file, line, value and the mend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from zoneinfo import available_timezones

from tracer.casefile.known_keys_and_line_numbers import TomlReader, Where, line_of_longest_number, shown
from tracer.casefile.paths_in_and_out_of_case_folder import leads_out, may_be_read
from tracer.casefile.stopping_categories import STOPPING_CATEGORIES
from tracer.casefile.whole_and_exact_files import read_exact
from tracer.did_you_mean import nearest
from tracer.errors import CaseError
from tracer.model import RULE_NAMES, Basis, Exchanged, Rule
from tracer.wording import shortened

TABLE_KEYS = (
    "dialect",
    "token",
    "token_column",
    "amount_in",
    "amount_out",
    "status",
    "ignore",
    "order",
    "utc",
    "delimiter",
    "decimal_mark",
    "whole",
    "doubles",
)
LARGEST = 1_000_000  # characters of a case file
LONGEST_PATH = 400  # characters of a path in a message
PARTS = 50
DEEP = re.compile(r"(?m)(?:^|[{,])[ \t\[]*(?:[^\s.=,\[\]{}]{1,100}[ \t]*\.[ \t]*){" + str(PARTS) + "}")
"""A dotted key of so many parts, whose reading takes the square of their number. Bounded, so that looking for it does not."""
MOST_DECIMALS = 77  # digits of a 256-bit integer, less one
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Source(NamedTuple):
    """Where transfers come from. A node has `urls`, everything else a `path` relative to the case file.

    `whole`: the accounts of a table all of whose payments are in it, or "all". `coverage`: "boundary" for a table none of whose
    accounts is to be followed. `doubles`: what lines are that repeat another, where they do not show it. `order`: in which
    order its lines stand, where they do not show it. `status`: columns that say whether a payment succeeded, each with the values
    that mean success. `token_column`, `token`: which of several tokens. `amount_in`, `amount_out`: columns of the two directions.
    `utc`: times without an offset are in UTC. `ignore`: columns that look as if they changed what an amount means, and do not.
    `delimiter`: what separates the cells of a CSV. `decimal_mark`: what stands before a fraction; the other mark is of thousands then.
    """

    kind: Literal["node", "recording", "table", "columns"]
    path: str = ""
    urls: tuple[str, ...] = ()
    columns: Mapping[str, str] = NOTHING
    unit: Literal["smallest", "coin"] = "smallest"
    balances: str | None = None
    basis: Basis = "reported"
    dialect: str | None = None
    token: str | None = None
    token_column: str | None = None
    amount_in: str | None = None
    amount_out: str | None = None
    status: Mapping[str, tuple[str, ...]] = NOTHING
    ignore: tuple[str, ...] = ()
    whole: Literal["all"] | tuple[str, ...] | None = None
    coverage: Literal["boundary"] | None = None
    doubles: Literal["once", "each"] | None = None
    order: Literal["oldest_first", "newest_first"] | None = None
    utc: bool = False
    delimiter: str = ""
    decimal_mark: Literal[".", ","] | None = None
    rate: int = 10
    proxy: str | None = None

    @staticmethod
    def old_names() -> Mapping[str, str]:
        """Keys of earlier versions -> their names of now."""
        return {"preset": "dialect"}


class Prices(NamedTuple):
    """A file of prices: what one whole coin cost, in `currency`. `source` stands for those of a file that names none.

    Of the kind oracle `file` is a recording of blocks, and `feed` the contract that logged the prices in them, in units of `decimals`.
    """

    file: str
    currency: str = ""
    source: str = ""
    kind: Literal["file", "oracle"] = "file"
    feed: str = ""
    decimals: int | None = None


class AssetEntry(NamedTuple):
    """An asset that the case counts besides the one of its thefts. `name`: what people call it, where the asset is a contract; `prices`
    are its own."""

    asset: str
    decimals: int | None = None
    name: str = ""
    prices: Prices | None = None


class ConversionOptions(NamedTuple):
    """What is substituted in the finding, by kind, with the `reason`; () is nothing, None undeclared: then everything is, and said to be.

    `through`: pools and transactions whose conversions are substituted whatever speaks against them.
    """

    substitute: tuple[Exchanged, ...] | None = None
    reason: str = ""
    through: tuple[str, ...] = ()


class TheftQuery(NamedTuple):
    """A theft by its transaction hash (with the wallet that paid it, where nodes no longer know hashes), or all that a
    wallet paid in a window. `victims`: the victims in that transaction, where it does not show it. `min_amount` in smallest units.
    `accepted`: of the payments in that window only these, by their hashes; None: all of them. A watch states it, no case file.
    """

    transfer: str | None = None
    wallet: str | None = None
    victims: tuple[str, ...] = ()
    label: str = "theft"
    from_: datetime | None = None
    until: datetime | None = None
    to: tuple[str, ...] = ()
    min_amount: int = 0
    exclude: tuple[str, ...] = ()
    accepted: tuple[str, ...] | None = None

    @staticmethod
    def not_written() -> tuple[str, ...]:
        """The fields that are no keys of the file."""
        return ("accepted",)


class TraceOptions(NamedTuple):
    """The rules to run; `primary` is the declared one, with its `reason`; `through` names services to go on through."""

    primary: Rule | None = None
    reason: str = ""
    rules: tuple[Rule, ...] = RULE_NAMES
    through: tuple[str, ...] = ()


class LabelOptions(NamedTuple):
    files: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    min_confidence: int = 0


class StopOptions(NamedTuple):
    """`categories` of labelled services that absorb; transfers below `dust` (smallest units) and after `until` are not followed.

    `max_accounts`, `max_requests`: what a run may read from nodes; besides, the accounts to `read` whatever value lies there.
    """

    categories: tuple[str, ...] = STOPPING_CATEGORIES
    dust: int = 0
    until: datetime | None = None
    max_accounts: int = 1000
    max_requests: int = 100_000
    read: tuple[str, ...] = ()


class ReportOptions(NamedTuple):
    """How the report words what was taken, a second time zone for its moments, by its IANA name ("Asia/Tokyo"; "": UTC alone), and what
    whoever wrote the case file wants read with its sources, a sentence each."""

    term: Literal["disputed transfer", "stolen"] = "disputed transfer"
    timezone: str = ""
    notes: tuple[str, ...] = ()


class OffChain(NamedTuple):
    """Graded evidence that is not on the chain: shown, never an amount. `third_party`: it names somebody outside the case."""

    kind: str
    value: str
    time: datetime
    source: str
    grade: str
    status: Literal["stands", "explained", "superseded"]
    subject: str
    third_party: bool = False


class ClaimEntry(NamedTuple):
    """A published aggregate; `low` and `high` in whole coins as the source words them ("22.6M"), `says` what they are of."""

    from_: str
    to: str
    source: str
    low: str = ""
    high: str = ""
    since: datetime | None = None
    until: datetime | None = None
    says: str = ""


class LinkEntry(NamedTuple):
    """What a service says it did with a deposit, or the `file` (its spreadsheet) in which it says so of several.

    `amount` in whole coins as decimal text, of `asset` (the case's, unless stated); `withdrawal` a hash of any chain.
    """

    source: str
    grade: str
    deposit: str = ""
    file: str = ""
    withdrawal: str = ""
    to: str = ""
    amount: str = ""
    asset: str = ""
    network: str = ""
    time: datetime | None = None
    says: str = ""


class Priced(NamedTuple):
    """The prices of an asset, by its number, and where they stand in the case file."""

    asset: int
    where: Where
    prices: Prices


class CaseFile(NamedTuple):
    """A validated case file. `folder` is what its paths are relative to; `network`, which a table does not show, is what labels are of.

    `chain_id`: of an EVM chain, that its nodes have to name. `asset` is that of the thefts, `assets` are those it may have become.
    """

    name: str
    chain: str
    asset: str
    sources: tuple[Source, ...]
    thefts: tuple[TheftQuery, ...]
    title: str = ""
    network: str = ""
    chain_id: int | None = None
    decimals: int | None = None
    trace: TraceOptions = TraceOptions()
    labels: LabelOptions = LabelOptions()
    stops: StopOptions = StopOptions()
    thresholds: Mapping[str, Mapping[str, Any]] = NOTHING
    prices: Prices | None = None
    report: ReportOptions = ReportOptions()
    offchain: tuple[OffChain, ...] = ()
    claims: tuple[ClaimEntry, ...] = ()
    links: tuple[LinkEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()
    conversions: ConversionOptions = ConversionOptions()
    options: Mapping[str, Any] = NOTHING
    path: Path = Path()
    text: str = ""

    @staticmethod
    def not_written() -> tuple[str, ...]:
        """The fields that are no keys of the file."""
        return ("options", "path", "text")

    @property
    def folder(self) -> Path:
        return self.path.parent

    def may_read(self, path: Path) -> bool:
        """Whether a file may be read for this case: it lies in the folder of the case file, links followed, or others were allowed."""
        return may_be_read(self.folder, path, allow_outside=bool(self.options.get("allow_outside")))

    def file(self, name: str, where: Where = ()) -> Path:
        """The file that the case file calls so. Raises CaseError at `where` for one outside its folder that nobody allowed.

        A case file may come from a stranger, and errors quote what cannot be read in a table.
        """
        path = self.folder / name
        if not self.may_read(path):
            raise self.fault(where, leads_out(shortened(repr(name), LONGEST_PATH)))
        return path

    @property
    def priced(self) -> tuple[Priced, ...]:
        """The files of prices that it names: that of the first asset, and those of the others."""
        first = (Priced(0, ("prices",), self.prices),) if self.prices else ()
        others = (
            Priced(number, ("assets", number - 1, "prices"), each.prices) for number, each in enumerate(self.assets, 1) if each.prices
        )
        return (*first, *others)

    @property
    def nodes(self) -> tuple[Source, ...]:
        """The sources that are read from a live chain."""
        return tuple(source for source in self.sources if source.kind == "node")

    @property
    def column_source(self) -> Source | None:
        """The source that is a ledger bigger than a case: always the only one."""
        return next((source for source in self.sources if source.kind == "columns"), None)

    @property
    def leading_rule(self) -> Rule:
        """The rule whose figure stands first: the primary one, or the first that is run where none is declared."""
        return self.trace.primary or self.trace.rules[0]

    @staticmethod
    def load(path: str | Path) -> CaseFile:
        """The case file at `path`. Raises CaseError naming file, line, value and the mend."""
        path = Path(path)
        try:
            text = read_exact(path)
        except (OSError, UnicodeDecodeError) as error:
            raise CaseError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}") from error
        return CaseFile.parse(text, path)

    @staticmethod
    def parse(text: str, path: Path) -> CaseFile:
        """The case file that `text` is; `path` is what errors and relative paths name."""
        if len(text) > LARGEST:
            raise CaseError(f"{path}: has {len(text):,} characters, and a case file has at most {LARGEST:,}: is it one?")
        if deep := DEEP.search(text):
            line = text.count("\n", 0, deep.start()) + 1
            raise CaseError(f"{path}:{line}: a key of more than {PARTS} parts: keys of a case file have three at most: is it one?")
        try:
            content = tomllib.loads(text.removeprefix("\ufeff"))  # which Windows writes in front, and TOML does not know
        except tomllib.TOMLDecodeError as error:
            said = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
            where = f"{path}:{said[2]}: column {said[3]}: {said[1]}" if said else f"{path}: {error}"
            raise CaseError(f"{where}: this is no TOML") from error
        except (ValueError, RecursionError) as error:
            why = "is nested too deeply" if isinstance(error, RecursionError) else "a number with too many digits"
            raise CaseError(f"{path}:{line_of_longest_number(text)}: {why}: {str(error)[:100]}") from error
        case: CaseFile = TomlReader(text, path).table(CaseFile, content, ())
        case = case._replace(path=path, text=text)
        _check(case)
        return case

    def with_options(self, options: Mapping[str, Any]) -> CaseFile:
        """The case with what the command line says instead: node (urls), rate, proxy, max_accounts, max_requests,
        allow_outside (files outside its folder may be read).

        `accepted`: the hashes of the thefts that were accepted when it was traced; a watch lets no later payment be one.
        Raises CaseError as `load` does.
        """
        given = {key: value for key, value in options.items() if value not in (None, (), [])}
        if not given:
            return self
        budget = {key: given[key] for key in ("max_accounts", "max_requests") if key in given}
        asking = {key: given[key] for key in ("rate", "proxy") if key in given}
        sources = (Source("node", urls=tuple(given["node"])),) if "node" in given else self.sources
        sources = tuple(source._replace(**asking) if source.kind == "node" else source for source in sources)
        accepted = tuple(given["accepted"]) if "accepted" in given else None
        thefts = tuple(query if query.transfer else query._replace(accepted=accepted) for query in self.thefts)
        case = self._replace(sources=sources, thefts=thefts, stops=self.stops._replace(**budget), options=given)
        _check(case)
        return case

    def fault(self, where: Where, why: str) -> CaseError:
        """The error to raise for what stands at `where`."""
        return TomlReader(self.text, self.path).fault(where, why)


def _check(question: CaseFile) -> None:
    """What no single value shows: files without paths, thefts by nothing, a primary rule that is not run."""
    if not re.fullmatch(r"[\w.-]+", question.name) or not question.name.strip("."):
        raise question.fault(("name",), f"name = {question.name!r} becomes a folder: use letters, digits, dot, dash and underscore")
    if question.decimals is not None and question.decimals > MOST_DECIMALS:
        raise question.fault(
            ("decimals",), f"decimals = {question.decimals}: no asset has more than {MOST_DECIMALS} digits after the point"
        )
    if question.labels.min_confidence > 100:
        raise question.fault(("labels", "min_confidence"), f"min_confidence = {question.labels.min_confidence}: levels go from 0 to 100")
    if not question.sources:
        raise question.fault((), "the case file lacks a [[sources]] table: where do the transfers come from?")
    for number, source in enumerate(question.sources):
        _check_source(question, number, source)
    for number, theft in enumerate(question.thefts):
        if theft.transfer is None and theft.wallet is None:
            raise question.fault(("thefts", number), 'a theft is named by transfer = "hash", or by wallet = "address" with from and until')
        if theft.victims and not theft.transfer:
            raise question.fault(("thefts", number, "victims"), "victims are of a theft named by its hash: a wallet is the victim itself")
        if theft.transfer and (theft.from_ or theft.until or theft.to or theft.exclude or theft.min_amount):
            raise question.fault(
                ("thefts", number), "a theft named by its hash has no window: leave from, until, to, exclude and min_amount out"
            )
    for key in ("max_accounts", "max_requests"):
        if getattr(question.stops, key) < 1:
            raise question.fault(("stops", key), f"{key} = 0 reads nothing at all: write at least 1")
    _check_assets(question)
    _check_rules(question)
    _check_context(question)


def _check_context(question: CaseFile) -> None:
    """What is said beside the trace: evidence without a grade or a source, claims that claim nothing; a time zone that nobody knows."""
    zone = question.report.timezone
    zones = available_timezones() if zone else set()
    if zone and zone not in zones:
        near = nearest(zone, zones)
        mend = f"did you mean {near}?" if near else 'write an IANA name such as "Asia/Tokyo"'
        raise question.fault(("report", "timezone"), f"timezone = {shown(zone)} is no time zone: {mend}")
    for number, entry in enumerate(question.offchain):
        if not re.fullmatch(r"[A-F][1-6]", entry.grade):
            why = f"grade = {shown(entry.grade)} is no Admiralty grade: A to F for the source, 1 to 6 for what it says"
            raise question.fault(("offchain", number, "grade"), why)
        for key in ("kind", "value", "source", "subject"):
            if not getattr(entry, key).strip():
                raise question.fault(("offchain", number, key), f"{key} is empty: evidence without it cannot be weighed")
    for number, claim in enumerate(question.claims):
        if not (claim.low or claim.high or claim.says.strip()):
            raise question.fault(("claims", number), 'a claim states low, high (such as "22.6M") or says = "..."')
        if not claim.source.strip():
            raise question.fault(("claims", number, "source"), "source is empty: a claim is somebody's")
        if claim.since and claim.until and claim.since > claim.until:
            raise question.fault(("claims", number, "until"), "until lies before since")
    _check_prices(question)
    for number, link in enumerate(question.links):
        if bool(link.deposit.strip()) == bool(link.file.strip()):
            raise question.fault(("links", number), 'a statement names deposit = "hash", or file = "letter.csv" with many of them')


def _check_prices(question: CaseFile) -> None:
    for _, where, prices in question.priced:
        if prices.kind == "oracle" and not (prices.feed.strip() and prices.currency.strip() and prices.decimals is not None):
            why = (
                'an oracle needs feed = "0x...", its decimals = ... (what decimals() of its contract says) and currency = "USD" or its own'
            )
            raise question.fault(where, why)
        if prices.kind == "oracle" and prices.source:
            raise question.fault((*where, "source"), "of an oracle the block is the source: leave source out")
        if prices.kind == "file" and (prices.feed or prices.decimals is not None):
            raise question.fault(where, 'feed and decimals are of an oracle: write kind = "oracle", or leave them out')


def _check_assets(question: CaseFile) -> None:
    if question.assets and question.nodes:
        raise question.fault(("assets", 0), "several assets are not read from nodes yet: record them, or leave [[assets]] out")
    if question.assets and question.column_source is not None:
        raise question.fault(("assets", 0), "several assets are not read from a data set yet: leave [[assets]] out")
    if question.assets and any(source.kind == "table" for source in question.sources):
        raise question.fault(("assets", 0), "several assets are not read from a table yet: leave [[assets]] out")
    if not question.assets and question.conversions != ConversionOptions():
        raise question.fault(("conversions",), 'one asset becomes no other: add [[assets]] with asset = "..."')
    if question.conversions.substitute is not None and not question.conversions.reason.strip():
        raise question.fault(("conversions", "substitute"), 'to substitute or not needs reason = "...": it is what a court asks first')


def _check_rules(question: CaseFile) -> None:
    primary, rules = question.trace.primary, question.trace.rules
    if primary and primary not in rules:
        raise question.fault(("trace", "primary"), f"the primary rule {primary} is not among rules = {list(rules)}: add it")
    if primary and not question.trace.reason.strip():
        raise question.fault(("trace", "primary"), 'a primary rule needs reason = "...": it is what a rival expert asks first')
    if not rules or len(set(rules)) < len(rules):
        raise question.fault(("trace", "rules"), f"rules = {list(rules)}: name at least one rule, and none twice")


def _check_source(question: CaseFile, number: int, source: Source) -> None:
    if source.kind == "node" and not source.urls:
        raise question.fault(("sources", number), 'a node needs urls = ["http://127.0.0.1:7890"]')
    if source.kind == "node" and source.rate < 1:
        raise question.fault(("sources", number, "rate"), f"rate = {source.rate} asks nothing at all: write at least 1")
    if any("@" in url for url in (*source.urls, source.proxy or "")):
        raise question.fault(
            ("sources", number),
            "a password does not belong in a file: set HTTPS_PROXY (for http:// nodes HTTP_PROXY) in the environment, or use ~/.netrc",
        )
    if source.kind != "node" and not source.path:
        raise question.fault(("sources", number), f'a {source.kind} needs path = "...", relative to the case file')
    if source.kind == "columns":
        _check_columns(question, number, source)
    _check_table_keys(question, number, source)


def _check_columns(question: CaseFile, number: int, source: Source) -> None:
    if len(question.sources) > 1:
        raise question.fault(("sources", number), "a data set holds the whole ledger: leave the other sources out")
    for key in ("columns", "unit", "balances", "basis"):
        if getattr(source, key) != getattr(Source("columns"), key):
            raise question.fault(("sources", number, key), f"a data set says {key} itself: leave it out, or give it to tracer columns")


def _check_table_keys(question: CaseFile, number: int, source: Source) -> None:
    if source.delimiter and (len(source.delimiter) > 1 or source.delimiter.isalnum() or source.delimiter in '"\r\n'):
        why = f'delimiter = {shown(source.delimiter)} is not one mark that can stand between cells, such as ";" or "\\t"'
        raise question.fault(("sources", number, "delimiter"), why)
    if source.coverage == "boundary" and (source.kind != "table" or source.balances is not None):
        why = 'coverage = "boundary" is of a table without balances: of a history that is not whole no opening is known'
        raise question.fault(("sources", number, "coverage"), why)
    if source.coverage == "boundary" and source.whole:
        why = 'whole names accounts whose history is whole, and coverage = "boundary" says that there are none: leave one of the two out'
        raise question.fault(("sources", number, "whole"), why)
    for key in TABLE_KEYS:
        if getattr(source, key) and source.kind != "table":
            raise question.fault(("sources", number, key), f'a {source.kind} has no {key}: leave it out, or write kind = "table"')
