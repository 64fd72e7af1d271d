"""The rule of a traced case declared: an act of its own, after which no figure is another and every page, list and letter says so."""

from __future__ import annotations

from typing import get_args

from tracer.casefile import CaseFile
from tracer.casefile.edit import with_primary
from tracer.casefile.whole_and_exact_files import put_whole
from tracer.casefolder import CaseFolder
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.log import act
from tracer.casefolder.run import amend
from tracer.did_you_mean import hint
from tracer.errors import InputError, StoreError
from tracer.model import Rule


def declare(case: CaseFolder, rule: str, reason: str, by: str | None = None) -> CaseFolder:
    """The case with its rule declared: in the case file that it was traced from, in the folder, on the page, in the log.

    Raises InputError for a rule that was not run or a reason that is none; StoreError where the case file says something else by now;
    CaseError where it cannot be changed with certainty. Nothing is changed then.
    """
    from tracer.render import drawn

    require_latest(case, "declare")
    declared = _rule(case, rule)
    if not reason.strip():
        raise InputError("a declared rule needs its reason (--reason): it is what a rival expert asks first")
    now = _as_traced(case)
    changed = with_primary(now, declared, reason.strip()).with_options(case.question.options)
    before = case.question.trace.primary
    done = act("declare", by, rule=declared, reason=reason.strip(), instead_of=before, results_seen=results_seen(case))
    if now.path.exists() and changed.text != now.text:
        put_whole(now.path, changed.text)
    return amend(case, lambda _: None, drawn, done, changed)


def results_seen(case: CaseFolder) -> int:
    """How many results of the case there have been by now, as its log says."""
    return len({entry.after.results_digest for entry in case.log_entries if entry.after})


def _rule(case: CaseFolder, name: str) -> Rule:
    run = case.question.trace.rules
    if name not in get_args(Rule):
        raise InputError(f"there is no rule {name!r}: {hint(name, get_args(Rule))}")
    for rule in run:
        if rule == name:
            return rule
    raise InputError(f"{name} was not run in this case, only {', '.join(run)}: add it to rules under [trace], trace again, then declare it")


def _as_traced(case: CaseFolder) -> CaseFile:
    """The case file as it stands now, without the options of the run; but for the declared rule it must be as it was traced."""
    then = CaseFile.parse(case.question.text, case.question.path)
    if not then.path.exists():
        return then
    now = CaseFile.load(then.path)
    same = now.trace._replace(primary=then.trace.primary, reason=then.trace.reason)
    if now._replace(trace=same, text=then.text, path=then.path) != then:
        raise StoreError(f"{then.path}: says more differently than when {case.folder} was traced: trace it again, then declare the rule")
    return now
