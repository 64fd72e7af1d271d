"""The graph of a case as Neo4j and the embedded store keep it: written once, here.

Loader, documentation (`docs/graph_model.md`), query book, linter and the check of free Cypher read this module and nothing else.
Everything carries `case`, so that several cases live in one database; only a Wallet belongs to all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from tracer.store.graph.exact_queries import SUFFIX
from tracer.tracing.rules import RULES

GRAPH_VERSION = 3
"""Changes when the same case.db gives another graph; a graph of another version is loaded anew."""

Type = Literal["text", "texts", "integer", "integers", "amount", "time", "flag"]

TYPES: dict[Type, str] = {
    "text": "text",
    "texts": "list of texts",
    "integer": "int64",
    "integers": "list of int64",
    "amount": "int64, the asset's smallest unit (see *Amounts*)",
    "time": "int64, UNIX seconds; beside it the moment as a datetime, with `_utc` behind the name",
    "flag": "true or false",
}


class Property(NamedTuple):
    """A property, and what it says; None where it is unknown or does not apply (a graph keeps no null)."""

    name: str
    type: Type
    meaning: str


class Node(NamedTuple):
    """A label. `key` identifies a node within its case. `roles`: what its `role` says -> a second label it has then."""

    label: str
    meaning: str
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    roles: Mapping[str, str] = {}


class Relation(NamedTuple):
    """A relationship type, always from `start` to `end`."""

    type: str
    start: str
    end: str
    meaning: str
    properties: tuple[Property, ...] = ()


Kind = Node | Relation


def _text(name: str, meaning: str) -> Property:
    return Property(name, "text", meaning)


def _integer(name: str, meaning: str) -> Property:
    return Property(name, "integer", meaning)


def _amount(name: str, meaning: str) -> Property:
    return Property(name, "amount", meaning)


def _time(name: str, meaning: str) -> Property:
    return Property(name, "time", meaning)


def _flag(name: str, meaning: str) -> Property:
    return Property(name, "flag", meaning)


def _by_rule(meaning: str, prefix: str = "") -> tuple[Property, ...]:
    return tuple(_amount(prefix + rule, f"{meaning} under {rule}; absent if the rule was not run") for rule in RULES)


NUMBER = _integer("number", "its place in the record, from 0")
NAME = _text("name", "what to show for it")

ROLES = {"victim": "Victim", "recipient": "Recipient", "service": "ServiceAddress", "boundary": "Boundary"}
"""What an address is in the case, as a label of its own, for a picture. `:Service` is the service, of which addresses are AT."""

UTC = "_utc"
"""What the name of a datetime ends with, after the name of its time in seconds."""

NODES = (
    Node("Case", "a traced case, and how far its loading has come", (), (
        NAME, _text("title", "what the case file calls it"), _text("chain", "the chain"), _text("asset", "the symbol of what is traced"),
        _integer("decimals", "digits after the point of one coin"), _integer("scale", "amounts here are in 10^scale smallest units"),
        _text("primary", "the primary rule; the first that was run where none was declared"),
        _time("last", "time of the last row of the ledger"), _text("digest", "of the results this graph was made from"),
        _text("currency", "of every `worth`; absent without prices"),
        _integer("loaded", "batches that are in"), _integer("batches", "batches there are; absent while loading"),
    )),
    Node("Rule", "a tracing rule that was run", ("rule",), (
        NAME, _text("rule", "its name"), _flag("primary", "declared in the case file, or the first that was run"),
        _amount("stolen", "what all thefts made stolen"), _amount("fees", "stolen value that left as fees"),
    )),
    Node("Address", "an account that stolen value reached, left or could have reached, or that was marked", ("address",), (
        _text("address", "the address"), _text("name", "its label, or the address cut short: what to show for it"),
        _text("label", "its label of highest confidence"), _text("service", "the service it belongs to"),
        _text("role", "victim, recipient (of a theft), service, boundary or account"), _text("coverage", "full, partial or boundary"),
        _text("stop", "why it absorbs: returned, service or not_fetched"), _amount("balance", "held after the last row of the ledger"),
        _flag("touched", "money could have come this way: a mark, never an amount"), _flag("marked", "a marker was ever held here"),
        _time("first", "time of its first row in the ledger; absent if it has none"), _time("last", "time of its last row in the ledger"),
        _text("funder", "who paid its first income in the ledger; absent if that was no payment, or to itself"),
        _integer("payers", "different addresses that paid it, in the whole ledger"),
        _integer("payees", "different addresses it paid, in the whole ledger"),
        *_by_rule("stolen value that arrived, counted at each arrival,"), *_by_rule("stolen value it paid as fees", "fees_"),
    ), ROLES),
    Node("Service", "a labelled service at which the trail stops", ("name",), (
        _text("name", "its name"), _amount("least", "the least any forward allocation can put there; absent until bounds are computed"),
        _amount("most", "the most any forward allocation can put there; absent until bounds are computed"),
    )),
    Node("Label", "who an address is, according to a source", ("number",), (
        NUMBER, NAME, _text("label", "the name given"), _text("category", "what it is"), Property("concepts", "texts", "further concepts"),
        _text("source", "where it comes from"), _text("confidence", "the source's word"), _integer("level", "0 to 100"),
        _text("lastmod", "date of the label"), _text("actor", "the entity behind it"), _text("pack", "the TagPack"),
    )),
    Node("Theft", "a transfer that is the crime", ("number",), (
        _integer("number", "its place among the thefts, from 1"), NAME, _text("label", "what the case file calls it"),
        _integer("row_key", "its row"), _text("tx_hash", "its transaction"),
        _time("time", "when"), _amount("amount", "face amount"), _text("basis", "chain, reported or modelled"),
        _text("worth", "of the face amount then, as exact decimal text; absent without a price"), *_by_rule("what it made stolen"),
    )),
    Node("Endpoint", "where a part of the stolen value is and why the trail stops there", ("number",), (
        NUMBER, NAME, _text("reason", "service, returned, unspent, frozen, destroyed, converted, dust or not_fetched"),
        _text("service", "the service"),
        _text("basis", "the weakest basis of all that led here"),
        _text("worth", "under the primary rule, as exact decimal text; absent without prices"), *_by_rule("stolen value that ended here"),
        _amount("least", "the least any forward allocation can put here; absent until bounds are computed"),
        _amount("most", "the most any forward allocation can put here; absent until bounds are computed"),
    )),
    Node("Event", "what is no movement but matters: a multisig change, a marker moved", ("number",), (
        NUMBER, NAME, _text("kind", "what happened"), _integer("height", "block"), _integer("position", "place in the block"),
        _time("time", "when"), _text("tx_hash", "its transaction"), _text("object", "whom or what it concerns"),
        _text("attributes", "the rest, as JSON"),
    )),
    Node("Marking", "an address held a marker, a label made on chain by a mosaic", ("number",), (
        NUMBER, NAME, _text("marker", "the mosaic"), _text("marked_by", "who sent it"), _text("tx_hash", "by which transaction"),
        _integer("first", "block it arrived in"), _time("first_time", "when"),
        _integer("last", "block it left in; absent if it was there at the tip"), _time("last_time", "when"),
        _text("ended", "returned, moved_on or definition_gone"),
    )),
    Node("Tag", "what an address or a hop does, according to a heuristic", ("number",), (
        NUMBER, NAME, _text("tag", "the heuristic"), _text("status", "fact, pattern or lead"),
        Property("presets", "texts", "presets that fire, loosest first"),
        _integer("row_key", "the hop it is about; absent if it is about the address"),
        Property("rows", "integers", "row keys of the transfers it rests on"),
    )),
    Node("Measure", "one observed number against one threshold", ("number",), (
        _integer("number", "tag << 16 | its place in the tag"), NAME,
        _flag("against", "a look-alike that was checked: if it holds, innocent"),
        _text("measure", "what was measured"), _text("value", "what was observed; absent where it cannot be said"),
        _text("unit", "in what"), _text("threshold", "the condition; absent for what is only told"), _flag("holds", "whether it was met"),
        _text("note", "a remark"), Property("rows", "integers", "row keys of the transfers it was read from"),
    )),
    Node("Claim", "a published aggregate: compared, never followed", ("number",), (
        NUMBER, NAME, _text("sender", "from whom, as published"), _text("recipient", "to whom, as published"),
        _amount("least", "least claimed"), _amount("most", "most claimed"), _time("since", "from when"), _time("until", "until when"),
        _text("says", "its words"), _text("source", "where it was published"), _text("why", "why it cannot be compared, or what is unread"),
        *_by_rule("stolen value traced to the same place in the same time"),
    )),
    Node("Evidence", "what is not on the chain: never a traced amount", ("number",), (
        NUMBER, NAME, _text("kind", "ip_address, archived page, statement, chat ..."), _text("value", "what it says, masked"),
        _time("time", "when"), _text("source", "where it comes from"), _text("grade", "Admiralty grade"),
        _text("status", "stands, explained or superseded"), _text("subject", "what it is about"),
    )),
    Node("Asset", "what a case with several assets counts; there is none in a case with one", ("number",), (
        _integer("number", "its place in the case file, from 0: the asset of the thefts"), _text("name", "what people call it"),
        _text("symbol", "its symbol, or a token's contract"), _integer("decimals", "digits after the point of one coin"),
    )),
    Node("Holding", "what an address holds of one asset, in a case with several: its amounts are of that asset alone", ("holding",), (
        _text("holding", "the address, and of any asset but the first its number behind it"), NAME, _text("address", "the address"),
        _text("asset", "what people call the asset"), _amount("balance", "held after the last row; absent where it was not read"),
        *_by_rule("stolen value that arrived in the substituted answer, counted at each arrival,"),
    )),
    Node("Outcome", "where a part of the stolen value is in one of both answers of a case with several assets", ("number",), (
        _integer("number", "its place among all of them, from 0"), NAME, _text("answer", "followed or substituted"),
        _text("asset", "what people call the asset that its amounts are of"),
        _text("reason", "service, returned, unspent, frozen, destroyed, converted, dust or not_fetched"),
        _text("service", "the service"), _text("basis", "the weakest basis of all that led here"), *_by_rule("what ended here"),
    )),
)  # fmt: skip

WALLET = Node("Wallet", "one address of one chain, across all cases of the database: the only node without `case`", ("chain", "address"), (
    NAME, _text("chain", "the chain"), _text("address", "the address"),
))  # fmt: skip
"""Made once and never dropped with a case, unless no case has the address any longer."""

RELATIONS = (
    Relation("TRANSFER", "Address", "Address", "one row of the ledger that carried stolen value, or first touched its recipient", (
        _text("uid", "case:row_key"), _integer("row_key", "height << 20 | position: its identity, and the order that counts"),
        _integer("height", "block"), _time("time", "when"), _text("tx_hash", "its transaction"), _amount("amount", "face amount"),
        _amount("fee", "fee of the sender"), _text("kind", "transfer, levy, ..."), _text("memo", "text of a plain memo"),
        _text("memo_hex", "bytes of the memo"), _text("memo_kind", "plain, hex or encrypted"),
        _text("basis", "chain, reported or modelled"),
        _flag("verified", "hash and signature were checked"),
        _flag("provisional", "so near the tip that a reorganisation could still undo it"),
        _integer("theft", "number of the theft it is, from 1"), _text("cut", "why the trail stops with it"),
        _integer("pause", "seconds since the sender's row before it in the ledger"),
        _text("worth", "of the face amount then, as exact decimal text; absent without a price"),
        Property("tags", "texts", "tags that rest on it"), *_by_rule("stolen value it carried"),
    )),
    Relation("FLOW", "Address", "Address", "all TRANSFERs of this graph from one address to another, together", (
        _integer("count", "transfers"), _amount("amount", "face amounts together"),
        _amount("primary", "stolen value carried, primary rule"),
        _time("first", "time of the first"), _time("last", "time of the last"), *_by_rule("stolen value carried"),
    )),
    Relation("SAME_AS", "Address", "Wallet", "the same address in every case: how cases meet"),
    Relation("FUNDED", "Address", "Address", "its first income in the ledger came from there, and both are in this graph", (
        _integer("row_key", "the row"), _time("time", "when"), _amount("amount", "face amount"),
    )),
    Relation("AT", "Address", "Service", "the address belongs to the service"),
    Relation("LABELLED", "Address", "Label", "a source says who it is"),
    Relation("ROBBED", "Theft", "Address", "who paid"),
    Relation("PAID", "Theft", "Address", "who received"),
    Relation("REACHED", "Theft", "Address", "stolen value of this theft arrived at the address", (
        _time("first", "time of its first arrival under any rule"), *_by_rule("stolen value of this theft that arrived"),
    )),
    Relation("ENDS", "Address", "Endpoint", "a part of the stolen value ended here"),
    Relation("DID", "Address", "Event", "the event's subject"),
    Relation("MARKED", "Address", "Marking", "the marker was held here"),
    Relation("TAGGED", "Address", "Tag", "the address, or the sender of the hop, that the tag is about"),
    Relation("MEASURED", "Tag", "Measure", "what the tag rests on"),
    Relation("RESTS_ON", "Tag", "Address", "the address paid or was paid in transfers that the tag rests on", (
        Property("rows", "integers", "row keys of these transfers"),
    )),
    Relation("HOLDS", "Address", "Holding", "what the address holds of an asset, in a case with several"),
    Relation("CAME_TO", "Holding", "Outcome", "a part of the stolen value ended here, in the answer that the outcome names"),
    Relation("CARRIED", "Holding", "Holding", "one row of any asset that carried stolen value in the substituted answer", (
        _integer("row_key", "its identity, and the order that counts"), _integer("height", "block"), _time("time", "when"),
        _text("tx_hash", "its transaction"), _text("asset", "what people call the asset that moved"), _amount("amount", "face amount"),
        _text("kind", "transfer, mint, ..."), _text("cut", "why the trail stops with it"), *_by_rule("stolen value it carried"),
    )),
    Relation("BECAME", "Holding", "Holding", "what was given of one asset became what was received of another", (
        _integer("number", "its place in the record, from 0"), _text("kind", "wrap, unwrap or swap"), _integer("height", "block"),
        _text("tx_hash", "its transaction"), _text("pool", "the pool that converted it"),
        _text("given_asset", "what people call what was given"), _amount("given", "how much of that, in its own units"),
        _text("received_asset", "what people call what was received"), _amount("received", "how much of that, in its own units"),
        _flag("substituted", "the trail goes on in what was received, in the substituted answer"),
        _text("why", "why not"), *_by_rule("stolen value that was given", "given_"),
        *_by_rule("what was received for it, 0 where it is not substituted,"),
    )),
)  # fmt: skip

GRAPH_KINDS: tuple[Kind, ...] = (*NODES, *RELATIONS)

INDEXES = (
    ("transfer_row", "()-[t:TRANSFER]-()", "t.case, t.row_key"),
    ("transfer_hash", "()-[t:TRANSFER]-()", "t.case, t.tx_hash"),
    ("transfer_time", "()-[t:TRANSFER]-()", "t.case, t.time"),
    ("endpoint_reason", "(e:Endpoint)", "e.case, e.reason"),
    ("address_service", "(a:Address)", "a.case, a.service"),
    ("address_role", "(a:Address)", "a.case, a.role"),
    ("address_name", "(a:Address)", "a.case, a.name"),
    ("address_first", "(a:Address)", "a.case, a.first"),
    ("holding_address", "(h:Holding)", "h.case, h.address"),
    ("outcome_answer", "(o:Outcome)", "o.case, o.answer"),
    ("tag_name", "(t:Tag)", "t.case, t.tag"),
)
"""Name, pattern, properties; made after loading."""

ENDS = ("start", "end")
"""What the keys of the ends of a relation are called in its rows."""


def name_of(kind: Kind) -> str:
    """The label or the type."""
    return kind.label if isinstance(kind, Node) else kind.type


def row_names(kind: Kind, scaled: bool = False) -> Iterator[str]:
    """The names of what a row of this kind holds, in order: the keys of its ends, then its columns."""
    if isinstance(kind, Relation):
        yield from ENDS
    yield from columns(kind, scaled)


def columns(kind: Kind, scaled: bool) -> Iterator[str]:
    """The names of the properties of a row of this kind; an amount that is scaled has its exact text beside it."""
    for each in kind.properties:
        yield each.name
        if scaled and each.type == "amount":
            yield each.name + SUFFIX


def properties_of(kind: Kind) -> list[str]:
    """Every name that a property of this kind can have: in a graph that is scaled or not, datetimes too."""
    moments = [each.name + UTC for each in kind.properties if each.type == "time"]
    return [*(("case",) if kind is not WALLET else ()), *columns(kind, scaled=True), *moments]
