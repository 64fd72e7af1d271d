"""The section on both answers of a case of several assets: each asset's reconciliation, what became what, and what is only named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from tracer.evidence.both_answers import AssetLine, SeveralAssets, coins_before, off_text, partner_of, rate_of, rate_text, sides
from tracer.evidence.valuation_all_assets import unlisted_sentences
from tracer.model import Answer, Conversion, Endpoint, Leg, Recognised
from tracer.report.court.blocks import Block, Body, Heading, Items, Say, Section, TableLine, Tabular, Text, tabular
from tracer.report.court.cited_figures import Pen
from tracer.report.court.several_assets_in_money import in_money, place_said


def of_every_asset(pen: Pen) -> Section | None:
    """What was followed and what was substituted, every asset apart; None of a case of one asset."""
    several = pen.several
    if several is None:
        return None
    say = pen.say
    names = say.joined([pen.quoted(name) for name in several.names])
    blocks: list[Block] = [Say(say("answers.intro", names=names)), Say(_declared(pen, several))]
    for answer in several.order:
        blocks += _answer(pen, several, answer)
    exchanges = several.answers.exchanges
    blocks += [Heading(say("answers.became")), Say(say("answers.became_said", count=say.counted(len(exchanges.through), "conversion")))]
    blocks += _conversions(pen, several, exchanges.through, "substituted")
    blocks += [Heading(say("answers.named")), Say(say("answers.named_said"))]
    blocks += _conversions(pen, several, several.not_substituted, "named")
    blocks += _recognised(pen, several, exchanges.recognised)
    blocks += [Say(pen.quoted(each)) for each in unlisted_sentences(several.answers.unlisted)]
    return Section("answers", "1a", say("answers.title"), blocks)


def _declared(pen: Pen, several: SeveralAssets) -> Markup:
    if several.declared is None:
        return pen.say("answers.undeclared")
    return pen.say("answers.declared", answer=pen.say(f"answers.word_{several.declared}"), reason=pen.quoted(several.reason))


def _answer(pen: Pen, several: SeveralAssets, answer: Answer) -> Iterator[Block]:
    """One answer: what each asset came to, and then address by address."""
    say = pen.say
    mark = {None: say("answers.exploring"), answer: say("answers.finding")}.get(several.declared, say("answers.beside"))
    yield Heading(Markup("{} ({})").format(say(f"answers.called_{answer}"), mark))
    yield Say(say(f"answers.said_{answer}"))
    yield from in_money(pen, several, answer)
    head = [say("column.where"), *pen.rule_heads()]
    assets = list(several.lines(answer))  # raises where the lines of an asset do not add up: then there is no report
    bodies = [
        Body([_line(pen, several, answer, number, line) for line in lines], title=pen.quoted(several.names[number]))
        for number, lines in assets
    ]
    yield Tabular(head, bodies, range(1, len(head)), f"answer-{answer}", True)
    yield Say(say("answers.reconciled", count=say.counted(len(bodies), "asset"), rules=say.counted(len(pen.rules), "rule")), "computed")
    head = [say("column.address"), *pen.rule_heads()]
    places = [_place(pen, several, answer, number, line) for number, lines in assets for line in lines if line.ends]
    yield Say(say("answers.by_address"))
    yield Tabular(head, places, range(1, len(head)), f"places-{answer}", True)


def _line(pen: Pen, several: SeveralAssets, answer: Answer, number: int, line: AssetLine) -> TableLine:
    """A line of the reconciliation of an asset; where value ended, its figures are the sums of the addresses that they link to."""
    anchor = _anchor(answer, number, line) if line.ends else ""
    what = {"data-answer": answer, "data-asset": str(number), "data-what": line.what}
    figures = [
        pen.figure(
            line.amounts[rule],
            several.answers.assets[number].format(line.amounts[rule]),
            anchor,
            "ends" if line.ends else "reconciled",
            {"data-column": rule, **({} if line.ends else what)},
        )
        for rule in pen.rules
    ]
    text = _where(pen, line) if line.ends else pen.say(f"answers.{line.what}")
    return TableLine([text, *figures], strong=line.what in ("stolen", "converted_in"))


def _where(pen: Pen, line: AssetLine) -> Text:
    return place_said(pen, line.ends[0].reason, line.ends[0].service)


def _anchor(answer: Answer, number: int, line: AssetLine) -> str:
    first = line.ends[0]
    return f"{answer}-{number}-{first.address}-{first.reason}"


def _place(pen: Pen, several: SeveralAssets, answer: Answer, number: int, line: AssetLine) -> Body:
    """The addresses of a line, each with what ended there."""
    title = Markup("{}, {}").format(pen.quoted(several.names[number]), _where(pen, line))
    return Body([_end(pen, several, answer, end) for end in line.ends], _anchor(answer, number, line), title)


def _end(pen: Pen, several: SeveralAssets, answer: Answer, end: Endpoint) -> TableLine:
    asset = several.answers.assets[end.asset]
    at = {"data-answer": answer, "data-asset": str(end.asset), "data-account": end.address, "data-reason": end.reason}
    figures = [pen.figure(end.amounts[rule], asset.format(end.amounts[rule]), "", "end", {"data-column": rule, **at}) for rule in pen.rules]
    return TableLine([pen.named(end.address), *figures])


def _conversions(pen: Pen, several: SeveralAssets, conversions: Sequence[Conversion], kind: str) -> Iterator[Block]:
    """Both sides of each conversion, with its pool and its rate beside that of the block before; of those only named, the doubts."""
    if not conversions:
        yield Say(pen.say("answers.none"))
        return
    named = kind == "named"
    more = [(*_rates(pen, several, each), *([_doubts(pen, each)] if named else [])) for each in conversions]
    head = ("pool", "rate", "rate_before", *(["doubt"] if named else []))
    yield tabular(_heads(pen, head), _exchanges(pen, several, conversions, more), (1, 2, 4, 5), f"conversions-{kind}", small=True)


def _doubts(pen: Pen, each: Conversion) -> Markup:
    said = [pen.say(f"answers.doubt_{doubt}") for doubt in each.doubts] or [pen.say("answers.not_asked")]
    return Markup("<br>").join(said)


def _rates(pen: Pen, several: SeveralAssets, each: Conversion) -> tuple[Text, Text]:
    """Coins received for one given; the same at the end of the block before, and how far off."""
    assets = several.asset_of(each.given), several.asset_of(each.received)
    rate, before = rate_of(each, *assets), coins_before(each, *assets)
    shown = pen.setting(rate_text(rate))
    if before is None:
        return shown, pen.say("word.unknown")
    off = pen.say("answers.off", off=pen.setting(off_text(rate, before)))
    return shown, Markup("{}<br>{}").format(pen.setting(rate_text(before)), off)


def _recognised(pen: Pen, several: SeveralAssets, recognised: Sequence[Recognised]) -> Iterator[Block]:
    """What takes an asset and gives no substitute for it, one by one."""
    say = pen.say
    if not recognised:
        return
    yield Heading(say("answers.recognised"))
    yield Items([say(f"answers.recognised_{kind}") for kind in dict.fromkeys(each.kind for each in recognised)])
    lines = _exchanges(pen, several, recognised, [(_far(pen, each),) for each in recognised])
    yield tabular(_heads(pen, ("counterparty", "far")), lines, (1, 2), "recognised", small=True)


def _heads(pen: Pen, more: Sequence[str]) -> list[Text]:
    return [pen.say(f"column.{name}") for name in ("exchanged", "given", "received", *more)]


def _exchanges(
    pen: Pen, several: SeveralAssets, exchanges: Sequence[Conversion | Recognised], more: Sequence[Sequence[Text]]
) -> list[TableLine]:
    """A line for each conversion: who, what was given and received, with whom; then `more`, cells for each of them."""
    return [
        TableLine(
            [
                _who(pen, several, each),
                *(_legs(pen, several, legs) for legs in sides(each)),
                pen.named(partner) if (partner := partner_of(each)) else pen.say("word.unknown"),
                *cells,
            ],
            {"data-item": each.tx_hash or each.owner},
        )
        for each, cells in zip(exchanges, more, strict=True)
    ]


def _far(pen: Pen, each: Recognised) -> Text:
    """What a bridge was asked to pay out on another chain."""
    if each.far_address is None:
        return ""
    number = each.far_id or pen.say("word.unknown")
    return pen.say("answers.far", address=pen.code(each.far_address), chain=pen.quoted(each.far_chain or ""), number=pen.quoted(number))


def _who(pen: Pen, several: SeveralAssets, each: Conversion | Recognised) -> Markup:
    """The kind, the block, the transaction and the owner."""
    kind, height = pen.say(f"answers.kind_{each.kind}"), pen.height(several.height_of(each))
    return Markup("{}, {}<br>{}<br>{}").format(kind, height, pen.code(each.tx_hash), pen.named(each.owner))


def _legs(pen: Pen, several: SeveralAssets, legs: Sequence[Leg]) -> Markup:
    return Markup("<br>").join(_leg(pen, several, leg) for leg in legs) if legs else pen.say("word.none")


def _leg(pen: Pen, several: SeveralAssets, leg: Leg) -> Markup:
    """One side of a conversion, with the rows that move it."""
    rows: Mapping[str, str] = {"data-asset": str(leg.asset), "data-rows": " ".join(map(str, leg.rows))}
    figure = pen.figure(leg.amount, several.asset_of(leg).format(leg.amount), "", "leg", rows)
    return Markup("{} {}").format(figure, pen.quoted(several.names[leg.asset]))
