"""Which speed a run takes, what it needs for it, and that the result is the same."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest
from conftest import ROOT, missing
from support.ledgers import written

from tracer.cli.main import run
from tracer.errors import SlowWarning
from tracer.tracing import RULES, Stops, follow, hops_in_numpy, kernels, runs
from tracer.tracing import lists_or_compiled_arrays as forms

TEXT = "opens victim 100, bob 50\n victim -> bob 50 theft\n bob -> dave 60\n bob -> erin 30 fee 2\n erin -> burn 5 fee 1"


@pytest.fixture
def every_run_is_large(monkeypatch):
    monkeypatch.setattr(forms, "COMPILED_FROM", 0)
    monkeypatch.setattr(hops_in_numpy, "MANY", 1)


@pytest.fixture(scope="module")
def numba():
    try:
        import numba
    except ImportError:
        missing("numba", "pip install numba")
    return numba


def test_few_rows_are_followed_without_numpy_and_numba():
    script = (
        "import sys; from tracer.tracing.runs import Flows; from tracer.tracing import RULES; "
        "flows = Flows([0, 1], [1, 2], [5, 3], [0, 0], [False, False], [0], [9, 9, 9]); "
        "[rule(flows) for rule in RULES.values()]; print(sorted({'numpy', 'numba'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_many_rows_without_numba_are_followed_by_python_and_one_line_says_so(every_run_is_large, monkeypatch):
    monkeypatch.setattr(forms, "find_spec", lambda name: None)
    ledger, thefts = written(TEXT)
    with pytest.warns(SlowWarning, match="followed by Python alone") as told:
        slow = follow(ledger, thefts, Stops(), RULES)
    assert len(told) == 1
    monkeypatch.setattr(forms, "COMPILED_FROM", 1000)
    assert follow(ledger, thefts, Stops(), RULES) == slow


def test_the_command_line_prints_that_line_as_a_note(every_run_is_large, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(forms, "find_spec", lambda name: None)
    assert run(["trace", str(ROOT / "fixtures" / "cases" / "table" / "case.toml"), "-o", str(tmp_path / "out")]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "Python alone" in line]
    assert len(notes) == 1
    assert notes[0].startswith("note: ")
    assert "-m pip install '.[fast]'" in notes[0]


def test_many_rows_are_compiled_and_say_the_same(every_run_is_large, numba, monkeypatch):
    ledger, thefts = written(TEXT)
    seen = []
    monkeypatch.setattr("tracer.tracing.following.in_form", lambda *asked: seen.append(forms.in_form(*asked)) or seen[-1])
    fast = follow(ledger, thefts, Stops(), RULES)
    assert not isinstance(seen[0].sender, list)
    monkeypatch.setattr(forms, "COMPILED_FROM", 1000)
    assert follow(ledger, thefts, Stops(), RULES) == fast


def form_of(flows):
    """How the rows are run: as lists, as arrays of 64 bits, or as arrays of two limbs."""
    if isinstance(flows.amount, list):
        return "lists"
    return "narrow" if flows.amount.dtype == "int64" else "wide"


@pytest.mark.parametrize(
    ("opening", "form"), [((1 << 56) - 1, "narrow"), (1 << 56, "wide"), (1 << 62, "wide"), (1 << 80, "wide"), ((1 << 127) - 1, "wide")]
)
def test_a_number_too_wide_for_64_bits_is_run_on_two_limbs(every_run_is_large, numba, opening, form):
    flows = runs.Flows([0], [1], [7], [0], [False], [0], [opening, 3])
    assert form_of(forms.in_form(flows)) == form


def test_a_balance_that_grows_too_wide_for_64_bits_is_run_on_two_limbs(every_run_is_large, numba):
    half = (1 << 55) + 1
    flows = runs.Flows([0, 1], [2, 2], [half, half], [0, 0], [False, False], [0], [half, half, 0])
    assert form_of(forms.in_form(flows)) == "wide"
    assert form_of(forms.in_form(flows._replace(recipient=[2, 0]))) == "narrow"


def test_a_payment_with_its_fee_that_nobody_held_and_64_bits_do_not_hold_is_run_on_two_limbs(every_run_is_large, numba):
    half = (1 << 55) + 1
    flows = runs.Flows([0, 1], [1, 2], [5, half], [0, half], [False, False], [0], [5, 0, 0])
    assert form_of(forms.in_form(flows)) == "wide"


@pytest.mark.parametrize("form", [forms.as_lists, forms.as_limbs])
@pytest.mark.parametrize(
    ("row", "flows"),
    [
        (1, runs.Flows([0, 1], [2, 2], [1 << 126, 1 << 126], [0, 0], [False, False], [0], [1 << 126, 1 << 126, 0])),
        (0, runs.Flows([0], [1], [(1 << 127) - 1], [1], [False], [0], [0, 0])),
        (1, runs.Flows([0, 0], [1, 2], [1 << 126, 1 << 126], [0, 0], [False, False], [0], [0, 0, 0])),
        (None, runs.Flows([0, 1], [1, 2], [(1 << 127) - 1] * 2, [0, 0], [False, False], [0], [(1 << 127) - 1, 0, 0])),
    ],
    ids=["balance", "payment with its fee", "what was not there", "nothing"],
)
def test_the_first_row_at_which_a_sum_passes_127_bits_is_found(numba, form, row, flows):
    assert runs.replayed(form(flows)).past == row


def test_a_wide_ledger_of_many_rows_is_compiled_and_says_the_same(every_run_is_large, numba, monkeypatch):
    ledger, thefts = written(re.sub(r"\b(\d+)\b", lambda found: str(int(found[1]) * 10**30 // 7), TEXT))
    seen = []
    monkeypatch.setattr("tracer.tracing.following.in_form", lambda *asked: seen.append(forms.in_form(*asked)) or seen[-1])
    fast = follow(ledger, thefts, Stops(), RULES)
    assert form_of(seen[0]) == "wide"
    monkeypatch.setattr(forms, "COMPILED_FROM", 1000)
    assert follow(ledger, thefts, Stops(), RULES) == fast


@pytest.fixture(scope="module")
def divided(numba):
    """Multiplies and divides columns of integers as the compiled kernels do, each in two ways, on 64 bits or on two limbs."""
    from tracer.tracing.compiled import surroundings
    from tracer.tracing.int128_arrays import listed, widened, zeros

    def on(wide, columns):
        muldiv, proportion, portion = (surroundings(wide)[name] for name in ("muldiv", "proportion", "portion"))

        @numba.njit(error_model="numpy")
        def each(parts, amounts, wholes, out):
            for place in range(len(parts)):
                part, amount, whole = parts[place], amounts[place], wholes[place]
                out[2 * place] = muldiv(part, amount, whole)
                out[2 * place + 1] = portion(part, amount, whole, proportion(amount, whole))

        if wide:
            out = zeros(2 * len(columns[0]))
            each(*map(widened, columns), out)
            return listed(out)
        out = numpy.zeros(2 * len(columns[0]), numpy.int64)
        each(*(numpy.array(column, numpy.int64) for column in columns), out)
        return out.tolist()

    numpy = pytest.importorskip("numpy")
    return on


@pytest.mark.parametrize(("wide", "bits"), [(False, kernels.NARROW), (True, kernels.NARROW), (True, 64), (True, 87), (True, runs.WIDE)])
def test_multiplying_and_dividing_is_exact(divided, wide, bits):
    pick = random.Random(bits)
    wholes = [max(1, number_near_an_edge(pick, bits)) for _ in range(40_000)]
    parts, amounts = ([min(whole, number_near_an_edge(pick, whole.bit_length())) for whole in wholes] for _ in range(2))
    quotients = [a * b // c for a, b, c in zip(parts, amounts, wholes, strict=True)]
    found = divided(wide, (parts, amounts, wholes))
    assert (found[::2], found[1::2]) == (quotients, quotients)


def number_near_an_edge(pick, bits):
    """Of at most so many bits: any, or all bits set but a few, or few set, or with a limb of which that is so."""
    few, most = pick.getrandbits(2), pick.randint(1, bits)
    number = pick.choice((pick.getrandbits(most), (1 << most) - 1 - few, (1 << most - 1) + few, (pick.getrandbits(64) << 64) + few))
    return min(max(0, number), (1 << bits) - 1)


def test_more_lots_than_there_is_room_for_and_more_withdrawals_than_a_chunk(numba, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 4)
    rows = 400
    flows = runs.Flows(
        sender=[0, *([1, 2] * rows)],
        recipient=[2, *([2, 3] * rows)],
        amount=[rows, *([1, 2] * rows)],
        fee=[0] * (2 * rows + 1),
        cut=[False] * (2 * rows + 1),
        thefts=[0],
        openings=[rows, rows, rows, 0],
    )
    for rule in RULES.values():
        slow, fast, wide = rule(forms.as_lists(flows)), rule(forms.as_arrays(flows)), rule(forms.as_limbs(flows))
        assert slow.carried() == fast.carried() == wide.carried()
        assert (slow.taken, slow.held()) == (fast.taken, fast.held()) == (wide.taken, wide.held())
