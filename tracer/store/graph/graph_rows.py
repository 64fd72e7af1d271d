"""What the rows of the graph are made of, a function a kind: for each name of `schema.py`, where its value comes from in case.db."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tracer.evidence import Compared
from tracer.model import Evidence
from tracer.tracing.rules import RULES

Values = Mapping[str, str]

PRESENT = "JOIN present p ON p.account = a.id"
LABELS = f"labels l JOIN accounts a USING (address) {PRESENT} WHERE l.level >= :min_confidence ORDER BY l.id"
SHORT = "CASE WHEN length(a.address) > 16 THEN substr(a.address, 1, 6) || '...' || substr(a.address, -4) ELSE a.address END"
EVENTS = f"events e JOIN accounts a ON a.address = e.subject {PRESENT} ORDER BY e.id"
MARKINGS = "markings m JOIN accounts a USING (address) ORDER BY m.id"
TAGS = "tags t JOIN present p USING (account) JOIN accounts a ON a.id = t.account ORDER BY t.id"
MEASURES = "measures m JOIN tags t ON t.id = m.tag JOIN present p USING (account) ORDER BY m.tag, m.number"


class Scope(NamedTuple):
    """What depends on the case: the rules that were run, the leading one, and the aggregate that adds up its amounts exactly."""

    rules: Sequence[str]
    primary: str
    add: str

    def known(self, rule: str, value: str) -> str:
        """A sum under a rule: 0 where there is nothing to add up, NULL if the rule was not run."""
        return f"coalesce({value}, 0)" if rule in self.rules else "NULL"

    @property
    def hops(self) -> Values:
        """By rule, what its hops `h` add up to."""
        return {rule: self.known(rule, f"{self.add}(CASE WHEN h.rule = '{rule}' THEN h.amount END)") for rule in RULES}


class Selection(NamedTuple):
    """The rows of a kind: SQL of the value of each name, the tables they are selected from, and how a value that is there is read.

    Parameters: `:case`, `:primary`, `:rules`, `:min_confidence`, `:last_final`.
    """

    values: Values
    tables: str
    read: Mapping[str, Callable[[Any], Any]] = {}


def selections(scope: Scope) -> dict[str, Selection]:
    """Every kind that case.db holds the rows of, by its name."""
    return {
        "Rule": _rule(),
        "Service": _service(),
        "Address": _address(scope),
        "Label": _label(),
        "Theft": _theft(),
        "Endpoint": _endpoint(),
        "Event": _event(),
        "Marking": _marking(),
        "Tag": _tag(),
        "Measure": _measure(),
        "TRANSFER": _transfer(),
        "FLOW": _flow(scope),
        "SAME_AS": Selection({"start": "a.address", "end": "a.address"}, f"accounts a {PRESENT} ORDER BY a.id"),
        "FUNDED": _funded(),
        "AT": Selection({"start": "address", "end": "service"}, f"services s JOIN accounts a USING (address) {PRESENT} ORDER BY address"),
        "LABELLED": Selection({"start": "l.address", "end": "l.id"}, LABELS),
        "ROBBED": _party("sender"),
        "PAID": _party("recipient"),
        "REACHED": _reached(scope),
        "ENDS": Selection({"start": "address", "end": "id"}, "endpoints ORDER BY id"),
        "DID": Selection({"start": "e.subject", "end": "e.id"}, EVENTS),
        "MARKED": Selection({"start": "m.address", "end": "m.id"}, MARKINGS),
        "TAGGED": Selection({"start": "a.address", "end": "t.id"}, TAGS),
        "MEASURED": Selection({"start": "m.tag", "end": "m.tag << 16 | m.number"}, MEASURES),
        "RESTS_ON": _rests_on(),
    }


def claim_values(claims: Iterable[Compared]) -> Iterator[dict[str, Any]]:
    """The claims as they were compared, which case.db does not hold."""
    for number, compared in enumerate(claims):
        traced = compared.traced or {}
        claim = compared.claim
        yield {
            "number": number,
            "name": f"{claim.sender} > {claim.recipient}",
            **claim._asdict(),
            "why": compared.why,
            **{rule: traced.get(rule) for rule in RULES},
        }


def evidence_values(evidence: Iterable[Evidence]) -> Iterator[dict[str, Any]]:
    """The evidence, which case.db holds unmasked."""
    return ({"number": number, "name": each.kind, **each._asdict()} for number, each in enumerate(evidence))


def _of(table: str, names: str) -> Values:
    """Values that have their own names in a table."""
    return {name: f"{table}.{name}" for name in names.split()}


def _rule() -> Selection:
    values = {
        "name": "r.value",
        "rule": "r.value",
        "primary": "r.value = :primary",
        "stolen": "(SELECT coalesce(exact_sum(amount), 0) FROM stolen WHERE rule = r.value)",
        "fees": "(SELECT coalesce(exact_sum(amount), 0) FROM hops WHERE rule = r.value AND fee = 1)",
    }
    return Selection(values, "json_each(:rules) r ORDER BY r.key", {"stolen": int, "fees": int})


def _service() -> Selection:
    return Selection(
        {"name": "s.service", **_of("b", "least most")},
        f"services s JOIN accounts a USING (address) {PRESENT} "
        "LEFT JOIN bounds b ON b.kind = 'service' AND b.theft IS NULL AND b.service = s.service "
        "GROUP BY s.service, b.least, b.most ORDER BY s.service",
    )


def _address(scope: Scope) -> Selection:
    """Its stop and role are those of the flow graph, in the same order: drained, service, not read."""
    drained = "a.id IN (SELECT t.sender FROM thefts JOIN transfers t USING (row_key))"
    paid = "a.id IN (SELECT t.recipient FROM thefts JOIN transfers t USING (row_key))"
    service, unread = "s.service IS NOT NULL", "a.coverage = 'boundary'"
    label = "(SELECT label FROM labels WHERE address = a.address AND level >= :min_confidence ORDER BY level DESC, label, source LIMIT 1)"
    role = (
        f"CASE WHEN {drained} THEN 'victim' WHEN {service} THEN 'service' WHEN {paid} THEN 'recipient' "
        f"WHEN {unread} THEN 'boundary' ELSE 'account' END"
    )
    values = {
        **_of("a", "address coverage"),
        "name": f"coalesce({label}, {SHORT})",
        "label": label,
        "service": "s.service",
        "role": role,
        "stop": f"CASE WHEN {drained} THEN 'returned' WHEN {service} THEN 'service' WHEN {unread} THEN 'not_fetched' END",
        "balance": "exact_balance(a.opening, received.amount, sent.amount, sent.fee)",
        "touched": "a.id IN (SELECT account FROM touched)",
        "marked": "a.address IN (SELECT address FROM markings)",
        "first": "min(coalesce(received.first, sent.first), coalesce(sent.first, received.first))",
        "last": "max(coalesce(received.last, sent.last), coalesce(sent.last, received.last))",
        "funder": "f.address",
        "payers": "coalesce(received.others, 0)",
        "payees": "coalesce(sent.others, 0)",
        **{rule: scope.known(rule, f"arrived.{rule}") for rule in RULES},
        **{f"fees_{rule}": scope.known(rule, f"paid.{rule}") for rule in RULES},
    }
    tables = f"""
        present p JOIN accounts a ON a.id = p.account LEFT JOIN services s USING (address)
        LEFT JOIN arrived USING (account) LEFT JOIN paid USING (account) LEFT JOIN sent USING (account)
        LEFT JOIN received USING (account) LEFT JOIN funded USING (account) LEFT JOIN accounts f ON f.id = funded.funder
        ORDER BY {role}, p.account"""
    return Selection(values, tables, {"balance": int})


def _label() -> Selection:
    names = "label category concepts source confidence level lastmod actor pack"
    return Selection({"number": "l.id", "name": "l.label", **_of("l", names)}, LABELS, {"concepts": json.loads})


def _theft() -> Selection:
    values = {
        "number": "h.number + 1",
        "name": "h.label",
        **_of("h", "label row_key"),
        **_of("t", "tx_hash time amount basis"),
        "worth": "worth(t.amount, t.time)",
        **{rule: f"(SELECT amount FROM stolen WHERE rule = '{rule}' AND theft = h.number)" for rule in RULES},
    }
    return Selection(values, "thefts h JOIN transfers t USING (row_key) ORDER BY h.number")


def _party(side: str) -> Selection:
    tables = f"thefts h JOIN transfers t USING (row_key) JOIN accounts a ON a.id = t.{side} {PRESENT} ORDER BY h.number"
    return Selection({"start": "h.number + 1", "end": "a.address"}, tables)


def _endpoint() -> Selection:
    values = {
        "number": "e.id",
        "name": "coalesce(e.service, e.reason)",
        "worth": "worth_ended(e.id)",
        **_of("e", "reason service basis"),
        **{rule: f"json_extract(e.amounts, '$.{rule}')" for rule in RULES},
        **_of("b", "least most"),
    }
    bound = "b.kind = 'endpoint' AND b.theft IS NULL AND b.address = e.address AND b.reason = e.reason"
    tables = f"endpoints e LEFT JOIN bounds b ON {bound} ORDER BY e.id"
    return Selection(values, tables, dict.fromkeys(RULES, int))


def _event() -> Selection:
    return Selection({"number": "e.id", "name": "e.kind", **_of("e", "kind height position time tx_hash object attributes")}, EVENTS)


def _marking() -> Selection:
    return Selection(
        {"number": "m.id", "name": "m.marker", **_of("m", "marker marked_by tx_hash first first_time last last_time ended")}, MARKINGS
    )


def _tag() -> Selection:
    values = {"number": "t.id", "name": "t.name", "tag": "t.name", **_of("t", "status presets row_key rows")}
    return Selection(values, TAGS, {"presets": json.loads, "rows": json.loads})


def _measure() -> Selection:
    values = {
        "number": "m.tag << 16 | m.number",
        "name": "m.name",
        "measure": "m.name",
        **_of("m", "against value unit threshold holds rows"),
        "note": "nullif(m.note, '')",
    }
    return Selection(values, MEASURES, {"value": _stated, "threshold": _stated, "rows": json.loads})


def _transfer() -> Selection:
    values = {
        "start": "s.address",
        "end": "r.address",
        "uid": ":case || ':' || t.row_key",
        **_of("t", "row_key height time tx_hash amount fee kind memo_kind basis verified"),
        "memo": "CASE WHEN t.memo_kind = 'plain' THEN t.memo END",
        "memo_hex": "CASE WHEN t.memo_kind IS NOT NULL THEN lower(hex(t.memo)) END",
        "provisional": "is_provisional(t.height, :last_final)",
        "theft": "h.number + 1",
        "worth": "worth(t.amount, t.time)",
        "cut": "cuts.reason",
        "pause": "t.time - (SELECT time FROM transfers WHERE sender = t.sender AND row_key < t.row_key ORDER BY row_key DESC LIMIT 1)",
        "tags": "nullif((SELECT json_group_array(name) FROM (SELECT name FROM tagged WHERE row_key = t.row_key ORDER BY first)), '[]')",
        **_of("c", " ".join(RULES)),
    }
    tables = """
        carried c JOIN transfers t USING (row_key) JOIN accounts s ON s.id = t.sender JOIN accounts r ON r.id = t.recipient
        LEFT JOIN thefts h USING (row_key) LEFT JOIN cuts USING (row_key) ORDER BY c.row_key"""
    return Selection(values, tables, {"memo": _text, "tags": json.loads})


def _flow(scope: Scope) -> Selection:
    values = {
        "start": "s.address",
        "end": "r.address",
        "count": "count(*)",
        "amount": f"{scope.add}(t.amount)",
        "primary": f"{scope.add}(c.{scope.primary})",
        "first": "min(t.time)",
        "last": "max(t.time)",
        **{rule: f"{scope.add}(c.{rule})" for rule in RULES},
    }
    tables = """
        carried c JOIN transfers t USING (row_key) JOIN accounts s ON s.id = c.sender JOIN accounts r ON r.id = c.recipient
        GROUP BY c.sender, c.recipient ORDER BY c.sender, c.recipient"""
    return Selection(values, tables)


def _reached(scope: Scope) -> Selection:
    tables = """
        hops h JOIN carried c USING (row_key) JOIN transfers t USING (row_key) JOIN accounts r ON r.id = c.recipient
        WHERE h.fee = 0 GROUP BY h.theft, c.recipient ORDER BY h.theft, c.recipient"""
    return Selection({"start": "h.theft + 1", "end": "r.address", "first": "min(t.time)", **scope.hops}, tables)


def _funded() -> Selection:
    tables = """
        funded d JOIN transfers t USING (row_key) JOIN present p ON p.account = d.funder
        JOIN accounts f ON f.id = d.funder JOIN accounts a ON a.id = d.account ORDER BY d.row_key, d.account"""
    return Selection({"start": "f.address", "end": "a.address", **_of("t", "row_key time amount")}, tables)


def _rests_on() -> Selection:
    tables = f"""
        (SELECT t.id AS tag, x.address, j.value AS row_key FROM tags t {PRESENT.replace("a.id", "t.account")}, json_each(t.rows) j
            JOIN transfers r ON r.row_key = j.value JOIN accounts x ON x.id IN (r.sender, r.recipient)
            WHERE x.id IN (SELECT account FROM present) ORDER BY t.id, x.id, j.value)
        GROUP BY tag, address ORDER BY tag, address"""
    return Selection({"start": "tag", "end": "address", "rows": "json_group_array(row_key)"}, tables, {"rows": json.loads})


def _stated(text: str) -> str | None:
    """A value or threshold, which the record keeps as JSON, as a text."""
    value = json.loads(text)
    return None if value is None else str(value)


def _text(content: bytes) -> str | None:
    """The text of a plain memo; None where its bytes are no text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
