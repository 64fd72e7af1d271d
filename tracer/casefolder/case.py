"""What a case is shown from: the parts of a `CaseFolder` that frames, tables and files of it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tracer.casefile import CaseFile
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Answer, Asset, Bounds, Stamp
from tracer.store.record.database import CaseDb
from tracer.tracing import BothAnswers, Outcome, Trace

if TYPE_CHECKING:
    from tracer.flow import FlowGraph
    from tracer.flow.flow_columns import FlowColumns
    from tracer.store.record.coverage_statement import CoverageStatement


class Case(Protocol):
    """A traced case, each part read from its folder when it is asked for."""

    folder: Path
    db: CaseDb
    question: CaseFile
    as_of: int | None
    withheld: str

    @property
    def answers(self) -> BothAnswers | None: ...

    @property
    def asset(self) -> Asset: ...

    @property
    def asset_names(self) -> Sequence[str]: ...

    @property
    def assets(self) -> tuple[Asset, ...]: ...

    @property
    def bounds(self) -> Bounds: ...

    @property
    def flow(self) -> FlowGraph: ...

    @property
    def flow_columns(self) -> FlowColumns: ...

    @property
    def labels(self) -> LabelBook: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def outcome(self) -> Outcome: ...

    @property
    def stamp(self) -> Stamp: ...

    @property
    def stated(self) -> CoverageStatement: ...

    @property
    def trace(self) -> Trace: ...

    @property
    def traces(self) -> Mapping[Answer, Trace]: ...

    @property
    def unmasked_columns(self) -> FlowColumns: ...

    @property
    def whole(self) -> Ledger: ...
