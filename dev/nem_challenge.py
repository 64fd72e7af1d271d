"""Makes a challenge of the rehearsal on NEM (docs/challenge.md): the recording as the node served it, its truth, and the seal.

usage: python dev/nem_challenge.py FOLDER

Nothing is played: what happened stands in fixtures/cases/rehearsal/truth, and is written in the form of a challenge. The truth closes:
what the thief sent away, what is left and what went for fees are what was stolen, to the micro-XEM, or nothing is written.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tracer.validation.challenge_folder import write_seal
from tracer.validation.rehearsal import TRUTH, Story, read_story

REHEARSAL = Path(__file__).resolve().parents[1] / "fixtures" / "cases" / "rehearsal"
ASKED = ("case.toml", "labels.yaml", "recording.jsonl.gz")
ABOUT = """title = "The rehearsal on NEM"
generator = "dev/nem_challenge.py of tracer, from a private network on NIS 0.6.102"
population = "accounts of one private network that we played: people, shops, exchanges, harvesters, and a thief"
note = "one case; its shapes are ours, and its truth was open while the tags were written: no independent validation"
"""


def main(folder: Path) -> None:
    """Writes the challenge anew."""
    shutil.rmtree(folder, ignore_errors=True)
    case, truth = folder / "cases" / "rehearsal", folder / "truth" / "rehearsal"
    case.mkdir(parents=True)
    truth.mkdir(parents=True)
    (folder / "challenge.toml").write_text(ABOUT)
    for name in ASKED:
        shutil.copyfile(REHEARSAL / name, case / name)
    story = read_story(REHEARSAL)
    roles = dict(roles_of(story, (REHEARSAL / "labels.yaml").read_text()))
    who = [(address, roles[address], of["role"], of["owner"]) for address, of in story.accounts.items()]
    write(truth / "accounts.csv", ("address", "role", "kind", "owner"), who)
    write(truth / "tags.csv", ("tag", "address"), sorted(shapes_of(story, roles)))
    with (REHEARSAL / "truth" / "balances.csv").open(newline="") as file:
        held = {row["address"]: int(row["balance_micro"]) for row in csv.DictReader(file)}
    write(truth / "sent.csv", ("address", "amount"), sorted(sent(story, roles, held).items()))
    print("seal", write_seal(folder))


def roles_of(story: Story, labels: str) -> Iterator[tuple[str, str]]:
    """What each account is to the case. Services are those that the labels of the case name; the nemesis account is the network's own."""
    for address, of in story.accounts.items():
        if of["role"] in ("thief", "victim"):
            yield address, of["role"]
        elif of["role"] == "nemesis":
            yield address, "other"
        else:
            yield address, "service" if address in labels else "unrelated"


def shapes_of(story: Story, roles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Whom each tag should name, as for the rehearsal's table in docs/tags.md; no tag is looked for at a labelled service.

    *same_memo* is left out: the truth does not say which account gave which number of a customer.
    """
    for tag, (_, players) in TRUTH.items():
        yield from ((tag, address) for address in players(story) if roles.get(address) not in (None, "service", "victim"))


def sent(story: Story, roles: Mapping[str, str], held: Mapping[str, int]) -> Counter[str]:
    """What the thief paid to each other account, and what is left on the thief's own, in micro-XEM. Nobody else ever paid the thief.

    The table of transactions has no levies: what an account of the thief lacks beside it went to the recipient of levies.
    """
    mine, to, stolen, fees = {address for address, role in roles.items() if role == "thief"}, Counter[str](), 0, 0
    kept = Counter[str]()
    for row in story.transactions:
        sender, recipient, amount = row["from_address"], row["to_address"], int(row["xem_micro"])
        fees += int(row["fee_total_micro"]) if sender in mine else 0
        stolen += amount if row["pattern"] == "theft" else 0
        if sender in mine:
            kept[sender] -= amount + int(row["fee_total_micro"])
        if recipient in mine:
            kept[recipient] += amount
        elif sender in mine:
            to[recipient] += amount
    levies = next(address for address, of in story.accounts.items() if of["role"] == "levy_recipient")
    to[levies] += sum(kept[address] - held[address] for address in mine)
    to.update({address: held[address] for address in mine})
    if sum(to.values()) + fees != stolen:
        sys.exit(f"the truth does not close: {stolen} stolen, {sum(to.values())} sent or left, {fees} for fees")
    return Counter({address: amount for address, amount in to.items() if amount > 0})


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes one table of the truth."""
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
