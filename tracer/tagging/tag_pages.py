"""The pages on a heuristic and on one account: definitions, what held and what did not."""

from __future__ import annotations

import inspect
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from tracer.model import ERROR_RATE, NO_BASE_RATE, UNRELATED, BaseRate
from tracer.tagging.apply import Examined, Heuristic
from tracer.tagging.error_rates import measured_text
from tracer.tagging.thresholds import PRESETS
from tracer.wording import base_rate_text, measure_text

WIDTH = 120
"""Characters of a line of a page."""


def tag_page(heuristic: Heuristic, presets: Mapping[str, Mapping[str, int]]) -> str:
    """The page of a tag: definition, bound, sources, look-alikes, validation, and its thresholds in every preset."""
    text = inspect.cleandoc(heuristic.__doc__ or "")
    said = measured_text(heuristic.__name__, "default")
    elsewhere = [*wrap(f"Measured elsewhere: {said}.", WIDTH), ""] if said else []
    thresholds = [f"Thresholds ({', '.join(reversed(PRESETS))}):", *(f"  {line}" for line in threshold_lines(presets))]
    return "\n".join([text, "", *elsewhere, *thresholds])


def threshold_lines(presets: Mapping[str, Mapping[str, int]]) -> list[str]:
    """One line a threshold: its value in every preset, strictest first."""
    return [f"{key}: " + ", ".join(f"{presets[preset][key]:,}" for preset in reversed(PRESETS)) for key in presets[PRESETS[0]]]


def lines_of(examined: Iterable[Examined], rates: Sequence[BaseRate] = (), changed: Container[str] = ()) -> Iterator[str]:
    """What every heuristic says of one account, in lines: those that hold first, then those that do not, with what failed.

    Each that holds says how many unrelated accounts have its shape too, under the preset whose numbers are shown; and what was measured
    elsewhere, but where the case `changed` its thresholds.
    """
    everything = list(examined)
    by_preset = {(rate.tag, rate.preset): rate for rate in rates}
    yield ERROR_RATE
    yield UNRELATED if rates else NO_BASE_RATE
    for result in everything:
        if result.presets:
            said = "" if result.name in changed else measured_text(result.name, result.preset)
            yield from _held(result, by_preset.get((result.name, result.preset)), said)
    for result in everything:
        if not result.presets:
            failed = [measure_text(measure) for measure in result.finding.measures if not measure.holds]
            yield f"{result.name}: does not hold ({result.preset}): {'; '.join(failed)}"


def _held(result: Examined, rate: BaseRate | None, measured: str) -> Iterator[str]:
    yield f"{result.name}: {result.finding.status}, holds under {', '.join(result.presets)}; numbers of the {result.preset} preset:"
    if rate:
        yield f"  {base_rate_text(rate)}"
    if measured:
        yield f"  measured elsewhere: {measured}"
    for measure in result.finding.measures:
        yield f"  {measure_text(measure)}"
    for measure in result.finding.against():
        yield f"  {'BUT' if measure.holds else 'checked, does not fit'}: {measure_text(measure)}"
