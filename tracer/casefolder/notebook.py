"""A case in the form that is wanted: as a graph, a frame, a file, a picture, a cell of a notebook."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas
    from pyvis.network import Network

    from tracer.casefolder.case import Case
    from tracer.flow import FlowGraph
    from tracer.ledger.frames import Units


class Shown:
    """What a `CaseFolder` can be had as. `withheld`: what was taken out before it leaves the folder, as a sentence; "" of a whole one."""

    withheld: str = ""

    @cached_property
    def flow(self: Case) -> FlowGraph:
        """The flow graph, fit to leave the folder: IP addresses and third parties are masked."""
        from tracer.flow import FlowGraph

        return FlowGraph.of(self.flow_columns)

    @cached_property
    def unmasked(self: Case) -> FlowGraph:
        """The same, with IP addresses and third parties as they are recorded."""
        from tracer.flow import FlowGraph

        return FlowGraph.of(self.unmasked_columns)

    def to_networkx(self: Case) -> FlowGraph:
        """The flow graph, a networkx MultiDiGraph."""
        return self.flow

    def to_pandas(self: Case, units: Units = "smallest") -> pandas.DataFrame:
        """The transfers that carried stolen value, one line each: `FlowGraph.to_pandas`, from the record alone."""
        from tracer.casefolder.frames import transfers_frame

        return transfers_frame(self, units)

    def accounts_frame(self: Case, units: Units = "smallest") -> pandas.DataFrame:
        """Every account of the ledger, one line each, with what it held and what stolen value arrived."""
        from tracer.casefolder.frames import accounts_frame

        return accounts_frame(self, units)

    def endpoints_frame(self: Case, units: Units = "smallest") -> pandas.DataFrame:
        """Where the stolen value is, one line for each address and reason."""
        from tracer.casefolder.frames import endpoints_frame

        return endpoints_frame(self, units)

    def thefts_frame(self: Case, units: Units = "smallest") -> pandas.DataFrame:
        """The thefts, numbered from 1, with what each made stolen under each rule."""
        from tracer.casefolder.frames import thefts_frame

        return thefts_frame(self, units)

    def to_gexf(self: Case, target: str | Path) -> Path:
        """Writes the flow graph as GEXF, for Gephi; gives the path."""
        return self.flow.to_gexf(target)

    def to_graphml(self: Case, target: str | Path) -> Path:
        """Writes the flow graph as GraphML; gives the path."""
        return self.flow.to_graphml(target)

    def to_parquet(self: Case, folder: str | Path) -> list[Path]:
        """Writes the frames of transfers, accounts and endpoints into a folder, a Parquet file each; gives the paths.

        Raises StoreError if the extra `parquet` is not installed.
        """
        from tracer.casefolder.frames_as_parquet import write_parquet

        return write_parquet(self, Path(folder))

    def __repr__(self: Case) -> str:
        from tracer.casefolder.notebook_summary import line

        return f"<CaseFolder {str(self.folder)!r}: {line(self)}>"

    def _repr_html_(self: Case) -> str:
        from tracer.casefolder.notebook_summary import table

        return table(self)

    def to_pyvis(self: Case, most: int = 60) -> Network:
        """The largest flows as a pyvis network, to look at in a notebook."""
        from tracer.render.pyvis import to_pyvis

        return to_pyvis(self.flow, most)
