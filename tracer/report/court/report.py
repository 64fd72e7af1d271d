"""The report as HTML: its sections in order, in the one template."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from tracer.casefolder import CaseFolder
from tracer.report.court.answer_and_losses import NARROW, answer, losses
from tracer.report.court.appendix import glossary, ledgers, reconciliation, registers, rows
from tracer.report.court.blocks import Section
from tracer.report.court.both_answers import of_every_asset
from tracer.report.court.cited_figures import Pen
from tracer.report.court.custody_and_reproduction import again, custody
from tracer.report.court.findings import findings, schedule, victims
from tracer.report.court.limits_and_alternatives import alternatives, error_mitigation, limits
from tracer.report.court.outside_the_trace import attribution, beside_the_trace, rests, tags
from tracer.report.court.proofs import proofs
from tracer.report.court.sources_and_method import as_of, method, sources

SECTIONS = (
    answer, of_every_asset, losses, sources, method, findings, schedule, victims, beside_the_trace, attribution, tags, rests, limits,
    alternatives, error_mitigation, custody, again, rows, ledgers, reconciliation, registers, proofs, glossary,
)  # fmt: skip
"""The parts of the report, in order; each is a function of the pen, and gives None where the case has nothing of it."""


def court_report(case: CaseFolder, why_no_bounds: str = "", *, unmasked: bool = False) -> str:
    """The report of a case as one HTML file that needs nothing else. `why_no_bounds`: why the case has no floors and ceilings.

    Raises CertificateError where figures do not add up: then there is no report.
    """
    pen = Pen(case, why_no_bounds, unmasked=unmasked)
    return rendered(pen, "report", [made for section in SECTIONS if (made := section(pen))])


def made_of(pen: Pen) -> Markup:
    """Of which results the report is."""
    stamp = pen.case.stamp
    return pen.say("head.made_of", version=pen.setting(stamp.tracer), case=pen.quoted(stamp.case), digest=pen.quoted(stamp.digest_said))


def rendered(pen: Pen, kind: str, sections: list[Section]) -> str:
    """Sections in the template; `kind` is report or first_hours."""
    folder = files("tracer.report.court")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        (folder / "report.html").read_text(encoding="utf-8")
    )
    return template.render(
        say=pen.say,
        kind=kind,
        long=pen.asset.decimals > NARROW,
        title=pen.case.question.title or pen.case.question.name,
        made_of=made_of(pen),
        as_of=as_of(pen),
        sections=sections,
        style=Markup((folder / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )
