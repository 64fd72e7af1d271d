"""What a section of the report is made of: sentences, lists, tables. The template knows these and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from markupsafe import Markup

Text = str | Markup

Kind = Literal["", "fact", "balanced", "stated", "reported", "modelled", "computed", "inferred", "quoted", "warning"]
"""What sort of statement: read from rows of the chain that are signed, of which only an account's net change in a block is proven, or that
nothing but a node's word ties to it; from rows that a source reports or that are assumed; computed from them; inferred from outside; quoted
from a source or from the program; or a warning."""

Marks = Mapping[str, str]
"""Attributes by which a line says which rows of the ledger it stands for (docs/report.md)."""


NO_MARKS: Marks = MappingProxyType({})


class Say(NamedTuple):
    """A paragraph."""

    text: Text
    kind: Kind = ""
    anchor: str = ""
    marks: Marks = NO_MARKS

    @property
    def form(self) -> str:
        return "say"


class Items(NamedTuple):
    """A list of sentences."""

    lines: Sequence[Text]
    kind: Kind = ""

    @property
    def form(self) -> str:
        return "items"


class Heading(NamedTuple):
    """A heading inside a section."""

    text: Text

    @property
    def form(self) -> str:
        return "heading"


class TableLine(NamedTuple):
    """A line of a table."""

    cells: Sequence[Text]
    marks: Marks = NO_MARKS
    strong: bool = False


class Body(NamedTuple):
    """Lines of a table that belong together, under a title of their own."""

    lines: Sequence[TableLine]
    anchor: str = ""
    title: Text = ""
    marks: Marks = NO_MARKS


class Tabular(NamedTuple):
    """A table. `numeric`: the columns that stand to the right."""

    head: Sequence[Text]
    bodies: Sequence[Body]
    numeric: Sequence[int] = ()
    anchor: str = ""
    small: bool = False

    @property
    def form(self) -> str:
        return "table"


class Group(NamedTuple):
    """Blocks that stand together under one anchor."""

    anchor: str
    blocks: Sequence[Block]

    @property
    def form(self) -> str:
        return "group"


Block: TypeAlias = "Say | Items | Heading | Tabular | Group"


class Section(NamedTuple):
    """A numbered part of the report."""

    key: str
    number: str
    title: Text
    blocks: Sequence[Block]
    wide: bool = False


def tabular(
    head: Sequence[Text], lines: Sequence[TableLine], numeric: Sequence[int] = (), anchor: str = "", *, small: bool = False
) -> Tabular:
    """A table with one body."""
    return Tabular(head, [Body(lines)], numeric, anchor, small)
