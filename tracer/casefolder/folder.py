"""The case folder: the answer. The library's front door is `CaseFolder.open(dir)`.

case.toml       the case file as it was traced
case.db         ledger, labels, trace: the record
case.html       the picture
manifest.json   digests of the case file, of every source and of the results
log.jsonl       the audit log: what was done to the case, by whom, when, and what it came to
history/        every earlier result, each table in it kept once; DIR@3 is the case as it stood after act 3 of the log
watch/          what a watch told, and how far it is; no part of the answer
.partial/       a run that is not finished, and what it traces (asked.json); the next goes on from it. .amended/: the same of bounds
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.casefile import CaseFile
from tracer.casefile.whole_and_exact_files import read_exact
from tracer.casefolder.as_of import folder_named, state_at
from tracer.casefolder.coverage_statement_and_tag_counts import Said
from tracer.casefolder.history import earlier
from tracer.casefolder.how_far_read import SoFar
from tracer.casefolder.log import Entry, FolderState, read_log
from tracer.casefolder.manifest import alteration_of, changed_sources, record_digest, run_of, sha256_of
from tracer.casefolder.notebook import Shown
from tracer.casefolder.refused_folders import absent, refuse_earlier
from tracer.casefolder.several_assets import Several
from tracer.casefolder.when_rule_was_declared import Declared, declared_of
from tracer.errors import RecordError, StoreError
from tracer.ingest.source_digests import SourceDigest
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, audit
from tracer.model import Asset, BaseRate, Bounds, Label, Proofs, Rests, Stamp, Tag
from tracer.plan.labels import book_of, kept_without
from tracer.plan.service_stops import stops_without
from tracer.store.record.bounds import load_bounds, load_proofs
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import load_asset, load_ledger
from tracer.store.record.tags import load_base_rates, load_tags
from tracer.store.record.trace import load_labels, load_left_out, load_outcome, load_trace
from tracer.store.record.what_figures_rest_on import load_rests
from tracer.tracing import Outcome, Trace, follow, outcome_of

if TYPE_CHECKING:
    from tracer.evidence import Context
    from tracer.flow.flow_columns import FlowColumns
    from tracer.store.graph.projection import CaseFacts
    from tracer.store.graph.session import Graph, GraphSource

EMBEDDED = "graph"
"""The embedded graph store's folder. It may be deleted: it is made again from case.db."""


class CaseFolder(Shown, Said, Several):
    """A traced case, read from its folder. `so_far` says how far a run in progress has read; None: the run is done.

    `as_of`: the last act that an earlier result knows of; None where it is the latest.
    """

    def __init__(self, folder: Path, db: CaseDb, question: CaseFile, manifest: dict[str, Any], so_far: SoFar | None = None) -> None:
        self.folder, self.db, self.question, self.manifest = folder, db, question, manifest
        self.so_far = so_far
        self.as_of: int | None = None

    @staticmethod
    def open(folder: str | Path, *, even_altered: bool = False) -> CaseFolder:
        """The case in `folder`, as its run left it; for "DIR@A" as it stood after act A of its log, on day A, or under digest A.

        Raises StoreError if there is none, or only one that was not finished; RecordError if case file, record and manifest are not
        of one run, or, unless `even_altered`, if the record is not what the run wrote: nothing is said of a case on such a
        record.
        """
        folder, when = folder_named(folder)
        if when is not None:
            return CaseFolder._as_of(folder, when)
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            text = read_exact(folder / "case.toml")
            question = CaseFile.parse(text, folder.resolve() / manifest["case"]["path"]).with_options(manifest["options"])
            refuse_earlier(folder, question, manifest)
            run, of_text = manifest["run"], manifest["case"]["sha256"]
            run_now = run_of(manifest, text)
            _ = [SourceDigest(**source) for source in manifest["sources"]], manifest["record"]["sha256"], manifest["record"]["tables"]
        except (FileNotFoundError, NotADirectoryError):
            raise absent(folder) from None
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

    @staticmethod
    def _as_of(folder: Path, when: str) -> CaseFolder:
        case = latest = CaseFolder.open(folder)
        number, state = state_at(folder, latest.log_entries, when)
        if state.run != latest.manifest["run"]:
            manifest, text, db = earlier(folder, state.run)
            if FolderState.of(manifest) != state or run_of(manifest, text) != state.run or db.noted("run") != state.run:
                raise RecordError(f"{folder}@{when}: history/ does not keep what act {number} of the log left: take the folder from a copy")
            question = CaseFile.parse(text, folder.resolve() / manifest["case"]["path"]).with_options(manifest["options"])
            case = CaseFolder(folder, db, question, manifest).knowing(alteration=None)
        case.as_of = number
        return case.knowing(log_entries=latest.log_entries[:number])

    @cached_property
    def log_entries(self) -> list[Entry]:
        """The audit log up to what this result knows of."""
        return read_log(self.folder)

    @cached_property
    def declared(self) -> Declared:
        """When the rule was declared, and what had been seen by then."""
        return declared_of(self.log_entries, self.question.trace.primary, 0, results=bool(self.manifest))

    @cached_property
    def alteration(self) -> str | None:
        """What shows that the record is not what its run wrote; None where nothing does. Raises RecordError where it is damaged."""
        return alteration_of(self.db, self.manifest)

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
        labels, exchanges = load_labels(self.db), self.trace.stops.exchanges
        kept = kept_without(self.question, labels, sources)
        stops = stops_without(self.question, labels, kept)._replace(exchanges=exchanges)
        trace = follow(self.ledger, self.outcome.thefts, stops, self.outcome.rules)
        return outcome_of(trace), list((Counter(labels) - Counter(kept)).elements())

    @cached_property
    def labels(self) -> LabelBook:
        return book_of(self.question, load_labels(self.db), load_left_out(self.db))

    @cached_property
    def context(self) -> Context:
        """What stands beside the trace, unmasked: it is in the folder."""
        from tracer.store.record.evidence_claims_prices import load_context

        return load_context(self.db)

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        return load_tags(self.db, self.ledger)

    @cached_property
    def base_rates(self) -> tuple[BaseRate, ...]:
        """How many accounts outside the trail have the shape of each tag too; none where no such account was read whole."""
        return load_base_rates(self.db)

    @cached_property
    def flow_columns(self) -> FlowColumns:
        """What the flow graph is made of, fit to leave the folder: IP addresses and third parties are masked."""
        return self._flow(unmasked=False)

    @cached_property
    def unmasked_columns(self) -> FlowColumns:
        """The same, with IP addresses and third parties as they are recorded."""
        return self._flow(unmasked=True)

    def _flow(self, *, unmasked: bool) -> FlowColumns:
        from tracer.casefolder.masked_flow_graph import flow_columns_of

        parts = self.ledger, self.audit, self.trace, self.labels, self.context, self.bounds, self.tags, self.rests
        more = self.base_rates, self.answers
        said, digest = self.declared.sentences, self.stamp.results_digest
        return flow_columns_of(self.question, *parts, *more, looked=self.looked, results_digest=digest, unmasked=unmasked, declared=said)

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
        context = self.flow_columns.about if asked.claims or asked.offchain or prices else None
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
            several=self.several_in_graph,
        )

    def changes(self, *, thorough: bool = False) -> list[str]:
        """What no longer is as it was when the case was traced: the case file, a source, the page, the record. One sentence each.

        Files above SMALL and those of a data set are compared by size only, unless `thorough`.
        """
        if self.as_of is not None:
            return [f"{self.folder}@{self.as_of}: an earlier result, as the case stood after act {self.as_of} of its log"]
        sentences = []
        if self.question.path.is_file() and sha256_of(self.question.path.read_bytes()) != self.manifest["case"]["sha256"]:
            sentences.append(f"{self.question.path} has changed since {self.folder} was traced: run tracer trace again")
        sentences += changed_sources(self.question, self.folder, self.manifest["sources"], thorough)
        return sentences + self.altered_files()

    def altered_files(self) -> list[str]:
        """Page and record, where they are not as their run left them: a sentence each."""
        page = self.folder / "case.html"
        drawn = not page.exists() or sha256_of(page.read_bytes()) == self.manifest["page_sha256"]
        said = [] if drawn else [f"{page} is not what was drawn: draw it again with tracer render {self.folder}"]
        return [*said, self.alteration] if self.alteration else said

    @property
    def gaps(self) -> list[str]:
        """The gaps that were allowed when the case was traced, a sentence each; every figure rests on them."""
        return list(json.loads(self.db.noted("gaps") or "[]"))
