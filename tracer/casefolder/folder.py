"""The case folder: the answer. The library's front door is `CaseFolder.open(dir)`.

case.toml       the case file as it was traced
case.db         ledger, labels, trace: the record
case.html       the picture
manifest.json   digests of the case file, of every source and of the results
actions.jsonl   what was done to the folder, and when
watch/          what a watch told, and how far it is; no part of the answer
.partial/       a run that is not finished, and what it traces (asked.json); the next one goes on from it
.amended/       bounds that are not finished; the next attempt starts over
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.casefile import CaseFile
from tracer.casefile.paths import read_exact
from tracer.casefolder.log import append
from tracer.casefolder.manifest import altered, differs, record_digest, run_of, sha256_of
from tracer.casefolder.partial import under_way
from tracer.casefolder.shown import Shown
from tracer.casefolder.so_far import SoFar
from tracer.errors import RecordError, StoreError
from tracer.ingest.digests import SourceDigest
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, audit
from tracer.model import Asset, Bounds, Label, Proofs, Rests, Stamp, Tag
from tracer.plan.labels import book_of, kept_without
from tracer.plan.stops import stops_without
from tracer.store.record.bounds import load_bounds, load_proofs
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import load_asset, load_ledger
from tracer.store.record.rests import load_rests
from tracer.store.record.trace import load_labels, load_left_out, load_outcome, load_trace
from tracer.tracing import Outcome, Trace, follow, outcome_of

if TYPE_CHECKING:
    from tracer.evidence import Context
    from tracer.flow import FlowGraph
    from tracer.store.graph.projection import CaseFacts
    from tracer.store.graph.session import Graph, GraphSource


SHOWN_SO_FAR = "; tracer rules, accounts, transfers and freeze show what it has read so far"
"""Which commands need no finished run."""

EMBEDDED = "graph"
"""The embedded graph store's folder. It may be deleted: it is made again from case.db."""


class CaseFolder(Shown):
    """A traced case, read from its folder. `so_far` says how far a run in progress has read; None: the run is done."""

    def __init__(self, folder: Path, db: CaseDb, question: CaseFile, manifest: dict[str, Any], so_far: SoFar | None = None) -> None:
        self.folder, self.db, self.question, self.manifest = folder, db, question, manifest
        self.so_far = so_far

    @staticmethod
    def open(folder: str | Path, *, even_altered: bool = False) -> CaseFolder:
        """The case in `folder`, as its run left it.

        Raises StoreError if there is none, or only one that was not finished; RecordError if case file, record and manifest are not
        of one run, or, unless `even_altered`, if the record is not what the run wrote: nothing is said of a case on such a
        record.
        """
        folder = Path(folder)
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            text = read_exact(folder / "case.toml")
            question = CaseFile.parse(text, folder.resolve() / manifest["case"]["path"]).with_options(manifest["options"])
            _refuse_earlier(folder, question, manifest)
            run, of_text = manifest["run"], manifest["case"]["sha256"]
            run_now = run_of(manifest, text)
            _ = [SourceDigest(**source) for source in manifest["sources"]], manifest["record"]["sha256"], manifest["record"]["tables"]
        except (FileNotFoundError, NotADirectoryError):
            if (folder / "case.db").exists() and not (folder / "manifest.json").exists():
                raise RecordError(
                    f"{folder}: holds a case.db and no manifest.json, so nothing says what its run left: put the manifest back from a "
                    "copy, or trace the case into another folder with tracer trace case.toml -o"
                ) from None
            shown = SHOWN_SO_FAR if under_way(folder) else ""
            unfinished = f" (a run in it was not finished{shown})" if (folder / ".partial").exists() else ""
            raise StoreError(f"{folder}: no case folder{unfinished}: {_instead(folder)}") from None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise StoreError(f"{folder}: cannot be read ({type(error).__name__}: {error}): trace the case again") from error
        db = CaseDb(folder / "case.db")
        if sha256_of(text.encode()) != of_text or {db.noted("run"), run_now} != {run}:
            raise RecordError(
                f"{folder}: case.toml, case.db and manifest.json are not of one run: one of them was edited, or a run was stopped "
                "while it put its results in place; trace the case again"
            )
        case = CaseFolder(folder, db, question, manifest)
        if not even_altered and (sentence := case.alteration):
            raise RecordError(sentence)
        return case

    @property
    def stamp(self) -> Stamp:
        """Of which results whatever leaves this folder is made."""
        return Stamp(self.question.name, self.manifest.get("results_digest", ""))

    @cached_property
    def alteration(self) -> str | None:
        """What shows that the record is not what its run wrote; None where nothing does. Raises RecordError where it is damaged."""
        tables = altered(self.db, self.manifest)
        if not tables:
            return None
        return f"{self.db.path} was altered after it was traced ({', '.join(tables)}): trace the case again, or take the folder from a copy"

    def knowing(self, **parts: Any) -> CaseFolder:
        """The same case, with parts of it that whoever made the record still holds and need not read back."""
        vars(self).update(parts)
        return self

    @cached_property
    def ledger(self) -> Ledger:
        return load_ledger(self.db)

    @cached_property
    def audit(self) -> Audit:
        return audit(self.ledger)

    @cached_property
    def trace(self) -> Trace:
        return load_trace(self.db, self.ledger)

    @cached_property
    def asset(self) -> Asset:
        return load_asset(self.db)

    @cached_property
    def outcome(self) -> Outcome:
        """The figures of the trace, without the rows that lead to them: quick to read, however large the case."""
        return load_outcome(self.db)

    def outcome_without(self, sources: Collection[str]) -> tuple[Outcome, list[Label]]:
        """What the same rules find on the same ledger without the labels of some sources, and the labels left out. Nothing is kept.

        Raises InputError for a source that no label has.
        """
        labels = load_labels(self.db)
        kept = kept_without(self.question, labels, sources)
        stops = stops_without(self.question, labels, kept)
        trace = follow(self.ledger, self.outcome.thefts, stops, self.outcome.rules)
        return outcome_of(trace), list((Counter(labels) - Counter(kept)).elements())

    @cached_property
    def labels(self) -> LabelBook:
        return book_of(self.question, load_labels(self.db), load_left_out(self.db))

    @cached_property
    def context(self) -> Context:
        """What stands beside the trace, unmasked: it is in the folder."""
        from tracer.store.record.context import load_context

        return load_context(self.db)

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        from tracer.store.record.tags import load_tags

        return load_tags(self.db, self.ledger)

    @cached_property
    def flow(self) -> FlowGraph:
        """The flow graph, fit to leave the folder: IP addresses and third parties are masked."""
        return self._flow(unmasked=False)

    @cached_property
    def unmasked(self) -> FlowGraph:
        """The same, with IP addresses and third parties as they are recorded."""
        return self._flow(unmasked=True)

    def _flow(self, *, unmasked: bool) -> FlowGraph:
        from tracer.casefolder.flow import flow_of

        parts = self.ledger, self.audit, self.trace, self.labels, self.context, self.bounds, self.tags, self.rests
        return flow_of(self.question, *parts, results_digest=self.stamp.results_digest, unmasked=unmasked)

    @cached_property
    def bounds(self) -> Bounds:
        """The least and the most at endpoints, services and customers; empty until `tracer bounds` has been run."""
        return load_bounds(self.db)

    @cached_property
    def rests(self) -> Rests | None:
        """What the figures rest on; None until `tracer rests` has been run."""
        return load_rests(self.db)

    @cached_property
    def proofs(self) -> Proofs:
        """What proves the bounds; empty until `tracer bounds` has been run."""
        return load_proofs(self.db, self.ledger)

    def graph(
        self,
        uri: str | None = None,
        *,
        user: str = "neo4j",
        password: str | None = None,
        database: str = "neo4j",
        seconds: float = 60,
    ) -> Graph:
        """The graph of the case, to be asked: in the Neo4j database where `tracer store` put it, or the embedded one of the folder,
        which is made if it is not there. Close it, or use it in a `with`. A question that takes longer than `seconds` is stopped.

        Raises StoreError where a server holds other results of the case than this folder."""
        from tracer.store.graph.session import GraphTarget, opened_graph

        return opened_graph(self.graph_source, GraphTarget(uri, user, password, database), seconds)

    @property
    def graph_source(self) -> GraphSource:
        """What a graph store is filled from. Claims and evidence are masked, as the flow graph has them."""
        from tracer.store.graph.projection import Projection
        from tracer.store.graph.session import GraphSource

        digest = record_digest(self.manifest)
        return GraphSource(self.question.name, digest, self.folder / EMBEDDED, lambda: Projection(self.db.path, self._facts(digest)))

    def _facts(self, digest: str) -> CaseFacts:
        """What the graph says of the case that case.db does not hold in this form."""
        from tracer.store.graph.projection import CaseFacts

        asked = self.question
        prices = self.context.prices
        context = self.flow.about if asked.claims or asked.offchain or prices else None
        valued = context.valuation if context else None
        return CaseFacts(
            case=asked.name,
            title=asked.title or asked.name,
            primary=asked.leading_rule,
            digest=digest,
            min_confidence=asked.labels.min_confidence,
            claims=context.claims if context else (),
            evidence=context.evidence if context else (),
            prices=prices,
            worth=tuple(by_rule[asked.leading_rule] for by_rule in valued.endpoints) if valued else (),
        )

    def changes(self, *, thorough: bool = False) -> list[str]:
        """What no longer is as it was when the case was traced: the case file, a source, the page, the record. One sentence each.

        Files above SMALL and those of a data set are compared by size only, unless `thorough`.
        """
        sentences = []
        if self.question.path.exists() and sha256_of(self.question.path.read_bytes()) != self.manifest["case"]["sha256"]:
            sentences.append(f"{self.question.path} has changed since {self.folder} was traced: run tracer trace again")
        for stated in self.manifest["sources"]:
            path = Path(os.path.normpath((self.folder if stated["kind"] == "node" else self.question.folder) / stated["name"]))
            if path.exists() and differs(path, SourceDigest(**stated), thorough):
                sentences.append(f"{path} has changed since {self.folder} was traced: run tracer trace again")
        page = self.folder / "case.html"
        if page.exists() and sha256_of(page.read_bytes()) != self.manifest["page_sha256"]:
            sentences.append(f"{page} is not what was drawn: draw it again with tracer render {self.folder}")
        if self.alteration:
            sentences.append(self.alteration)
        return sentences

    @property
    def gaps(self) -> list[str]:
        """The gaps that were allowed when the case was traced, a sentence each; every figure rests on them."""
        return list(json.loads(self.db.noted("gaps") or "[]"))

    def log(self, command: str, **more: str) -> None:
        """Appends to the folder's action log."""
        append(self.folder, {"command": command, "case": self.question.name, **more})


def _instead(path: Path) -> str:
    """What to do with a path that is no case folder, by what it is."""
    if path.is_file():
        return f"it is a file; tracer trace {path} makes a case folder of a case file, tracer new {path} a case file of a table"
    if (path / "method.csv").exists():
        return f"it is an export of one, which tracer verify {path} recomputes; the commands take the folder it was made from"
    if (path / "case.toml").exists():
        return f"it holds a case file, of which tracer trace {path / 'case.toml'} makes one"
    return f"make it with tracer trace case.toml -o {path}"


def _refuse_earlier(folder: Path, question: CaseFile, manifest: dict[str, Any]) -> None:
    """Raises StoreError with the command that makes a folder of version 0.1 again, from its own recording or sources."""
    if "page_digest" in manifest:
        return
    case = Path(os.path.normpath(question.path))
    first = "" if case.exists() else f"copy {folder / 'case.toml'} to {case}, then "
    offline = " --offline" if question.nodes else ""
    raise StoreError(
        f"{folder}: made by tracer {manifest['tracer']}, which kept less than this version reads; make it again, from the same sources: "
        f"{first}tracer trace {case} -o {folder}{offline}"
    )
