"""`--asset` and `--answer`: a table of another asset of the case than the first, or of what is substituted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from tracer.cli.both_answers import CALLED
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.did_you_mean import hint
from tracer.errors import InputError
from tracer.evidence.both_answers import SAID, SeveralAssets
from tracer.model import ANSWERS, Answer, Asset
from tracer.plan.conversions import several_assets

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

F = TypeVar("F", bound=Callable[..., Any])

NOTHING = "In this answer no stolen value came to this asset."


class AssetInAnswer(NamedTuple):
    """An asset, by its number, and an answer."""

    number: int
    answer: Answer
    several: SeveralAssets

    @property
    def asset(self) -> Asset:
        return self.several.answers.assets[self.number]

    @property
    def name(self) -> str:
        return self.several.names[self.number]

    @property
    def title(self) -> str:
        """What the table is of."""
        return f"{self.name}. {SAID[self.answer]}."


def asset_options(command: F) -> F:
    """Which asset, and which answer: the command's parameters `asset_name` and `answer`."""
    asset = click.option(
        "--asset",
        "asset_name",
        metavar="NAME",
        help="In a case with several assets: show this one, by its name (such as USDT), its contract "
        "address or its number (the asset of the thefts is 0).",
    )
    said = (
        "In a case with several assets: show this answer (followed stops where the stolen asset was exchanged for another, "
        "substituted goes on in what was received for it); default with --asset: the one that the case file declares, else substituted."
    )
    return asset(click.option("--answer", type=click.Choice(ANSWERS), help=said)(command))


def shown_asset(case: CaseFolder, asset_name: str | None, answer: str | None) -> AssetInAnswer | None:
    """What the two options mean; None where neither is given. Raises InputError in a case of one asset, and for an asset that it does not
    count."""
    if asset_name is None and answer is None:
        return None
    several = several_assets(case.question, case.answers)
    if several is None:
        raise InputError(f"{case.folder}: counts one asset, so --asset and --answer say nothing of it")
    return AssetInAnswer(_number(case, asset_name), cast(Answer, answer) if answer else several.order[0], several)


def _number(case: CaseFolder, name: str | None) -> int:
    if name is None:
        return 0
    said = name.casefold()
    for number, (called, asset) in enumerate(zip(case.asset_names, case.assets, strict=True)):
        if said in (called.casefold(), asset.symbol.casefold(), str(number)):
            return number
    raise InputError(f"--asset {name}: the case does not count it: {hint(name, case.asset_names)}")


def shown_of(case: CaseFolder, of: AssetInAnswer | None) -> tuple[CaseFolder, int, str]:
    """The case as a table of rows or accounts shows it, the number of the asset, and what its title begins with; where nothing is chosen,
    the case as it is. Rows have the numbers that they have among those of all assets then."""
    if of is None:
        return case, 0, ""
    from tracer.report.several_assets_tables import in_answer

    return in_answer(case, of.answer).knowing(asset=of.asset), of.number, f"{of.title} "


def print_endpoints(case: CaseFolder, of: AssetInAnswer, most: int, as_csv: bool, as_json: bool) -> None:
    """What `tracer rules` says of it: where it is, and what that adds up to."""
    if as_csv:
        from tracer.report.several_assets_tables import answers_table

        print_csv(*answers_table(case, [of.answer], of.number))
        return
    lines = dict(of.several.lines(of.answer)).get(of.number, [])
    ends = [end for line in lines for end in line.ends]
    if as_json:
        sums = {line.what: _as_texts(line.amounts) for line in lines if line.what != "ended"}
        found = [{"address": e.address, "reason": e.reason, "service": e.service, "basis": e.basis, **_as_texts(e.amounts)} for e in ends]
        print_json({"asset": {**of.asset._asdict(), "name": of.name}, "answer": of.answer, "endpoints": found, **sums})
        return
    rules = list(case.outcome.rules)

    def row(first: Sequence[str | None], amounts: Mapping[str, int]) -> list[str | None]:
        return [*first, *(of.asset.format(amounts[rule]) for rule in rules)]

    rows = [row([e.address, e.reason, e.service, e.basis], e.amounts) for e in ends[:most]]
    if rest := ends[most:]:
        rows.append(row([f"{len(rest):,} more: --top", "", "", ""], {rule: sum(e.amounts[rule] for e in rest) for rule in rules}))
    rows += [row([CALLED[line.what], "", "", ""], line.amounts) for line in lines if line.what in ("fees", "converted_out")]
    rows += [row([CALLED[line.what], "", "", ""], line.amounts) for line in lines if line.what in ("stolen", "converted_in")]
    print_table(of.title, ["address", "reason", "service", "basis", *rules], rows, numeric=range(4, 4 + len(rules)))
    say(
        "reconciliation: what was stolen, and what was received for it, is all there, under every rule, to the smallest unit"
        if lines
        else NOTHING
    )


def _as_texts(amounts: Mapping[str, int]) -> dict[str, str]:
    return {rule: str(units) for rule, units in amounts.items()}
