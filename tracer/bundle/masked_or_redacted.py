"""A case as a package of it leaves the folder: whole, without what is masked, or without third parties."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from tracer.evidence import masked_case
from tracer.report.third_parties_hidden_in_ledger_and_texts import hiding
from tracer.report.who_is_third_party import redaction_of

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


class Leaving:
    """`case` is the one in the folder; `shown` is what tables and page are made of: the same, or the one without its third parties.

    `unmasked`: evidence off the chain, IP and e-mail addresses stay in the case file.
    """

    def __init__(self, case: CaseFolder, shown: CaseFolder, *, unmasked: bool) -> None:
        self.case, self.shown, self.unmasked = case, shown, unmasked
        self.redacted = bool(shown.withheld)

    @cached_property
    def without_third_parties(self) -> Callable[[str], str]:
        """Takes the addresses of third parties out of a text; of a package that is not redacted, leaves it as it is."""
        if not self.redacted:
            return lambda text: text
        return hiding(self.case.ledger, redaction_of(self.case.ledger, self.case.trace))

    @cached_property
    def case_file(self) -> str:
        """The text of the case file that goes in."""
        text = self.case.question.text
        return self.without_third_parties(text if self.unmasked else masked_case(text))

    @property
    def page(self) -> bytes:
        """The page: the one in the folder, or one drawn without third parties."""
        if not self.redacted:
            return (self.case.folder / "case.html").read_bytes()
        from tracer.casefolder.page_inputs_of_case import drawing_of_case
        from tracer.render import page, payload

        return page(payload(drawing_of_case(self.shown, self.shown.flow_columns))).encode()
