"""An EVM recording to a proven ledger: how fast, and how small; part of bench/ingest.py.

By itself it measures only this, on the rehearsal's own recording (110 blocks, 981 transactions, 835 proofs). `--json` for figures; exits
1 if a bar does not hold. Rates are of CPU seconds of the processes that work, so that other work on the machine does not count.

- `evm_normalise_per_s`: rows of ether a second that one core makes of recorded answers: blocks, receipts and traces of one tracer are
  parsed and read; nothing is hashed.
- `evm_verify_per_s`: transactions a second, on two cores, whose hash, sender and place in the block's root are recomputed, with their
  receipts and the header. Two processes take half of the blocks each; starting them does not count.
- `evm_proofs_per_s`: account proofs a second that one core walks from the state root; nodes seen once are not hashed again.
- `evm_audit_s`, `evm_audit_mb`: all of the recording read, verified, proven and audited, in a process of its own.
- `evm_recorded_bytes`: bytes of the gzipped recording, with all proofs, for each transaction.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from figures import PASSES, Figures, at_least, at_most, fastest, run

from tracer.chains.evm.answers import EvmAnswers
from tracer.chains.evm.block_hashes import receipts_fault, uncovered
from tracer.chains.evm.payments_and_fees import Block, ether_rows
from tracer.chains.evm.proven_balances import proven
from tracer.ingest.node.recording import exchanges

RECORDING = Path(__file__).parents[1] / "fixtures" / "cases" / "evm_rehearsal" / "recording.jsonl.gz"
CORES = 2

AUDIT = """
import resource, sys, time
from pathlib import Path
from tracer.chains import chain
from tracer.ingest.node.recording import exchanges
from tracer.ledger import assemble, audit
evm = chain("evm")
ether = evm.asset("eth", None)
verdict = audit(assemble(ether, [evm.scan(exchanges(Path(sys.argv[1])), ether, "recording")], evm.tx_hash))
used = resource.getrusage(resource.RUSAGE_SELF)
print(verdict.adds_up, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)
"""


@cache
def answers() -> EvmAnswers:
    return EvmAnswers(exchanges(RECORDING), "recording")


@cache
def blocks() -> list[Block]:
    return [block for height in sorted(answers().blocks) if (block := answers().whole(height)) is not None]


def transactions() -> int:
    return sum(len(block.receipts) for block in blocks())


def normalise() -> Figures:
    texts = [tuple(json.dumps(part) for part in (each.block, each.receipts, each.frames)) for each in blocks()]

    def read() -> int:
        return sum(1 for text in texts for _ in ether_rows(Block(*map(json.loads, text)), "bench"))

    rows = read()
    return {"evm_normalise_per_s": at_least(round(rows / fastest(read, time.process_time)), "rows/s", 40_000, "one core")}


def verify_part(part: int) -> float:
    """Recomputes a part of the blocks; gives the CPU seconds."""
    began = time.process_time()
    for each in blocks()[part::CORES]:
        if why := uncovered(each.block) or receipts_fault(each.block, each.receipts):
            raise SystemExit(f"block {each.height}: {why}")
    return time.process_time() - began


def verify() -> Figures:
    with get_context("spawn").Pool(CORES, initializer=blocks) as pool:
        spent = min(max(pool.map(verify_part, range(CORES), chunksize=1)) for _ in range(PASSES))
    return {"evm_verify_per_s": at_least(round(transactions() / spent), "transactions/s", 6_000, "two cores")}


def prove() -> Figures:
    count = sum(len(proofs) for by_height in answers().proofs.values() for proofs in by_height.values())
    if refused := proven(answers()).rejections:
        raise SystemExit(f"{len(refused)} proofs do not hold, first: {refused[0]}")
    return {
        "evm_proofs_per_s": at_least(round(count / fastest(lambda: proven(answers()), time.process_time)), "proofs/s", 20_000, "one core")
    }


def audited() -> Figures:
    done = subprocess.run([sys.executable, "-c", AUDIT, str(RECORDING)], capture_output=True, text=True, check=True)
    adds_up, seconds, megabytes = done.stdout.split()
    if adds_up != "True":
        raise SystemExit("the rehearsal does not add up")
    size = RECORDING.stat().st_size // transactions()
    return {
        "evm_audit_s": at_most(round(float(seconds), 2), "s", 8, "CPU"),
        "evm_audit_mb": at_most(int(megabytes), "MB", 300),
        "evm_recorded_bytes": at_most(size, "bytes/transaction", 2_000, "gzipped, with proofs"),
    }


MEASURES = (normalise, verify, prove, audited)


if __name__ == "__main__":
    raise SystemExit(run(MEASURES))
