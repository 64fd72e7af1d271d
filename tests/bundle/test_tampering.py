"""What somebody can do to a package, its manifests made anew: each is found with the file named, by a bare Python."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from bundle.conftest import made
from support.small_chain import SmallChain
from support.spoiled import Spoiled

from tracer.bundle.keys_that_sign import new_key
from tracer.bundle.package import signed_package
from tracer.chains.nem.hashes_and_signatures import block_hash

OURS = SmallChain()


def line(lines, **where):
    return next(each for each in lines if all(each[name] == value for name, value in where.items()))


def in_table(file, name, value, found, **where):
    """One cell of a table, `value` or what it gives."""

    def spoil(package, _):
        def change(lines):
            cells = line(lines, **where)
            cells[name] = value(cells[name]) if callable(value) else value

        package.rows(file, change)
        return found

    return spoil


def more(units):
    return lambda text: str(int(text) + units)


def in_json(name, change, found):
    def spoil(package, _):
        package.json(name, change)
        return found

    return spoil


def in_text(name, old, new, found):
    def spoil(package, _):
        package.text(name, lambda text: text.replace(old, new, 1))
        return found

    return spoil


def in_blocks(change, found):
    """The recording altered, and every digest of it made anew."""

    def spoil(package, _):
        package.blocks(change)
        package.sources_made_anew()
        return found

    return spoil


def tables_of(other, found):
    """All tables together from another result: every figure in them agrees with every other."""

    def spoil(package, others):
        package.take_tables(others(other))
        return found

    return spoil


def file_removed(package, _):
    del package.files["data/case/labels.yaml"]
    return "data/case/labels.yaml"


def opening_with_all_that_follows(package, _):
    """Ann begins with 5 XEM, and ends with as much more."""

    def change(lines):
        cells = line(lines, address=OURS.address["Ann"])
        cells |= {name: more(5_000_000)(cells[name]) for name in ("opening", "balance", "served")}

    package.rows("accounts.csv", change)
    return r"data/tables/accounts.csv:\d+: opening says 5000000, but 0 follows from block 1"


def theft_renamed(package, others):
    """Another payment is the theft: in the case file and in every figure."""
    package.take_tables(others("theft"))
    package.files["data/case/case.toml"] = others("theft").files["data/case/case.toml"]
    return "data/case/case.toml: is not the case file that manifest.json and the log were made of"


def theft_renamed_down_to_the_manifest(package, others):
    """And in manifest.json, whose run is computed anew."""
    theft_renamed(package, others)
    text = package.files["data/case/case.toml"]

    def change(manifest):
        digests = "\n".join(manifest[name] for name in ("results_digest", "bounds_digest", "tags_digest"))
        manifest["case"]["sha256"] = hashlib.sha256(text).hexdigest()
        manifest["run"] = hashlib.sha256(f"{hashlib.sha256(digests.encode()).hexdigest()}\n{text.decode()}".encode()).hexdigest()

    package.json("data/manifest.json", change)
    return "data/log.jsonl: its last result is not that of manifest.json"


def labels_swapped_in_the_file(package, _):
    package.text("data/case/labels.yaml", swapped)
    return "data/case/labels.yaml: is not the source 'labels.yaml' that was traced"


def swapped(text):
    return text.replace("Big Exchange", "?").replace("Market Place", "Big Exchange").replace("?", "Market Place")


def log_lines(change, found):
    def spoil(package, _):
        package.text("data/log.jsonl", lambda text: "".join(change(text.splitlines(keepends=True))))
        return found

    return spoil


def edited(lines):
    return [lines[0].replace('"by":"Ida"', '"by":"Bob"'), *lines[1:]]


def second_removed(*, chained):
    """The entry of the bounds is gone, all after it are numbered and hashed anew; `chained`: each on the one before, too."""

    def change(lines):
        kept, previous = [], ""
        for number, entry in enumerate((json.loads(line) for n, line in enumerate(lines) if n != 1), 1):
            entry |= {"number": number, "hash": "", **({"previous": previous} if chained else {})}
            previous = hashlib.sha256(json.dumps(entry, separators=(",", ":")).encode()).hexdigest()
            kept.append(json.dumps({**entry, "hash": previous}, separators=(",", ":")) + "\n")
        return kept

    return change


def recording_left_out(package, _):
    """The recording is gone, and everything says that it never was there."""
    del package.files["data/case/recording.jsonl"]
    package.json("data/sources.json", lambda sources: [each for each in sources if each["kind"] != "recording"])
    package.json("data/manifest.json", lambda manifest: manifest["sources"].pop(0) and None)
    return r"data/tables/transfers.csv:2: no block of the recording does this"


def sides_of_cuts_swapped(package, _):
    package.rows("cuts.csv", lambda lines: [each.update(listed={"near": "far", "far": "near"}[each["listed"]]) for each in lines])
    return r"data/tables/bounds.csv:\d+: "


def transaction_out(blocks):
    del blocks[4]["transactions"][1]


def transaction_out_signed_anew(blocks):
    """The harvester helps: the block is well signed, and the one after it does not follow."""
    transaction_out(blocks)
    OURS.harvested("Harvester", blocks[4])


def all_signed_anew(blocks):
    """The harvester makes every block again, each on the one before: what is left is what he has no key for."""
    for height in sorted(blocks)[1:]:
        blocks[height]["prevBlockHash"]["data"] = block_hash(blocks[height - 1])
        OURS.harvested("Harvester", blocks[height])


def payment_raised(blocks):
    blocks[4]["transactions"][0]["amount"] += 1
    all_signed_anew(blocks)


def payment_repeated(blocks):
    blocks[6]["transactions"].append(blocks[2]["transactions"][0])
    all_signed_anew(blocks)


def payment_forgotten(blocks):
    transaction_out(blocks)
    all_signed_anew(blocks)


KINDS = {
    # one figure
    "amount of a row": in_table(
        "transfers.csv", "amount", more(-1), r"data/tables/transfers.csv:\d+: amount says", height="4", position="0"
    ),
    "fee of a row": in_table("transfers.csv", "fee", "0", r"data/tables/transfers.csv:\d+: fee says '0'", height="4", position="0"),
    "time of a row": in_table(
        "transfers.csv", "time", "2015-03-29T01:13:06Z", r"data/tables/transfers.csv:\d+: time says", height="4", position="64"
    ),
    "customer's number": in_table(
        "transfers.csv", "memo_hex", b"customer 8".hex(), r"data/tables/transfers.csv:\d+: memo_hex says", height="4", position="0"
    ),
    "hash of a row": in_table("transfers.csv", "tx_hash", "ab" * 32, r"data/tables/transfers.csv:\d+: tx_hash", height="4", position="64"),
    "row said to be reported": in_table(
        "transfers.csv", "basis", "reported", "data/tables/transfers.csv: has no row for transfer of 5000000 ", height="6", position="0"
    ),
    "endpoint": in_table("rules.csv", "fifo", more(1), r"data/tables/rules.csv:\d+: fifo says", reason="service"),
    "floor": in_table("bounds.csv", "least", more(1), r"data/tables/bounds.csv:\d+: least says", kind="service", service="Market Place"),
    "cut of a floor": sides_of_cuts_swapped,
    "balance a node stated": in_table(
        "accounts.csv", "served", more(1), r"data/tables/accounts.csv:\d+: served says", address=OURS.address["Zoe"]
    ),
    "account said to be unread": in_table(
        "accounts.csv", "coverage", "boundary", r"data/tables/accounts.csv:\d+: coverage is not full", address=OURS.address["Bob"]
    ),
    "dust": in_text("data/tables/case.toml", "dust = 1000", "dust = 2000", "data/tables/case.toml: stops is not what the case file asks"),
    "tip": in_table("method.csv", "value", "", "data/tables/method.csv: tip says ''", setting="tip"),
    # all figures together
    "row and all results together": tables_of(
        "amount", r"data/tables/transfers.csv:\d+: amount says '18000000000', but '19000000000' follows from block"
    ),
    "account and its rows removed": tables_of("no Zoe", r"data/tables/transfers.csv: has no row for transfer of 7000000 "),
    "opening with all that follows": opening_with_all_that_follows,
    "theft renamed": theft_renamed,
    "theft renamed down to the manifest": theft_renamed_down_to_the_manifest,
    "label swapped in the tables": tables_of(
        "swapped", r"data/tables/accounts.csv:\d+: T\w+ is 'Market Place', which no file of labels says"
    ),
    "label swapped in the file": labels_swapped_in_the_file,
    "service no longer one": tables_of(
        "unlabelled", r"data/tables/accounts.csv:\d+: T\w+ is no service, and a file of labels says exchange"
    ),
    "service invented": in_table(
        "accounts.csv", "service", "Honest Bank", r"data/tables/accounts.csv:\d+: T\w+ is 'Honest Bank', which no", service="Market Place"
    ),
    # the recording
    "amount in a block": in_blocks(
        lambda blocks: blocks[4]["transactions"][0].update(amount=1),
        "data/case/recording.jsonl:5: block 4 is not as its harvester signed it",
    ),
    "transaction out of a block": in_blocks(transaction_out, "data/case/recording.jsonl:5: block 4 is not as its harvester signed it"),
    "block signed anew": in_blocks(transaction_out_signed_anew, "data/case/recording.jsonl:6: block 5 does not follow block 4"),
    "payment raised by who makes the blocks": in_blocks(
        payment_raised, "data/case/recording.jsonl:5: block 4, transaction 0: a signature does not hold"
    ),
    "payment repeated by who makes the blocks": in_blocks(
        payment_repeated, "data/case/recording.jsonl:7: block 6, transaction 1: stands in block 2 already"
    ),
    "payment forgotten by who makes the blocks": in_blocks(payment_forgotten, r"data/tables/transfers.csv:\d+: no block of the recording"),
    "block missing": in_blocks(lambda blocks: blocks.pop(5), r"data/tables/transfers.csv:\d+: no block of the recording does this"),
    "recording left out": recording_left_out,
    # log, page, manifest, verifiers
    "log entry edited": log_lines(edited, "data/log.jsonl:1: was edited"),
    "log entry removed": log_lines(lambda lines: [lines[0], *lines[2:]], "data/log.jsonl:2: entry 3 stands there"),
    "log entry removed, the rest numbered anew": log_lines(
        second_removed(chained=False), "data/log.jsonl:2: does not follow the entry before it"
    ),
    "log entry removed, the rest chained anew": log_lines(
        second_removed(chained=True), "data/log.jsonl:2: did not find what the entry before it left"
    ),
    "log entries reordered": log_lines(lambda lines: [lines[0], lines[2], lines[1]], "data/log.jsonl:2: entry 3 stands there"),
    "log cut to before the result": log_lines(lambda lines: lines[:1], "data/log.jsonl: its last result is not that of manifest.json"),
    "figure on the page": in_text("data/case.html", "small", "smull", "data/case.html: is not the page that manifest.json is of"),
    "results digest": in_json(
        "data/manifest.json",
        lambda manifest: manifest.update(results_digest="ab" * 32),
        "data/manifest.json: its run is not that of its digests",
    ),
    "source dropped from the list": in_json("data/sources.json", lambda sources: sources[:1], "data/sources.json: not as in manifest.json"),
    "path out of the package": in_json(
        "data/sources.json", lambda sources: sources[1].update(file="../../etc/passwd"), r"'../../etc/passwd' is no file of the package"
    ),
    "verifier": in_text("data/verify/verify.py", "below zero", "above zero", "data/verify/verify.py: is not the file at work here"),
}


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Packages of results that an attacker would have: made once each, by the program itself."""
    kept = {}
    makers = {
        "amount": lambda place: made(place, SmallChain(to_exchange=18_000)),
        "no Zoe": lambda place: made(place, SmallChain(zoe=False)),
        "unlabelled": lambda place: made(place, SmallChain(), pack=lambda text: text.replace("    category: exchange\n", "", 1)),
        "swapped": lambda place: made(place, SmallChain(), pack=swapped),
        "theft": lambda place: made(place, SmallChain(), change=another_theft),
    }

    def of(kind):
        if kind not in kept:
            kept[kind] = Spoiled(makers[kind](tmp_path_factory.mktemp("other")).package)
        return kept[kind]

    return of


def another_theft(text):
    """Mal's payment to Bob is said to be the theft."""
    from tracer.chains.nem.hashes_and_signatures import hash_of

    return text.replace(OURS.theft, hash_of(OURS.blocks[2]["transactions"][0]))


@pytest.mark.parametrize("spoil", KINDS.values(), ids=KINDS)
def test_what_was_altered_is_found_and_its_file_is_named(honest, others, checked, tmp_path, spoil):
    package = Spoiled(honest.package)
    found = spoil(package, others)
    code, said = checked(package.pack(tmp_path / "small.zip"))
    assert code == 2
    assert re.search(f"^{found}" if found.startswith("data") else found, said, re.MULTILINE), (found, said[:2000])


@pytest.mark.parametrize("name", ["data/tables/transfers.csv", "data/case/recording.jsonl", "data/log.jsonl", "bag-info.txt", "README.txt"])
def test_a_file_altered_alone_is_named_by_its_digest(honest, checked, tmp_path, name):
    package = Spoiled(honest.package)
    package.files[name] += b"\n"
    code, said = checked(package.pack(tmp_path / "small.zip", anew=False))
    assert code == 2, said
    assert f"{name}: was altered: its SHA-256 is not the one in" in said


@pytest.mark.parametrize("name", ["data/case/labels.yaml", "manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_file_that_is_missing_is_named(honest, checked, tmp_path, name):
    package = Spoiled(honest.package)
    del package.files[name]
    code, said = checked(package.pack(tmp_path / "small.zip", anew=False))
    assert code == 2
    assert f"{name}: is missing" in said


def test_a_file_that_was_added_is_named(honest, checked, tmp_path):
    package = Spoiled(honest.package)
    package.files["data/report.html"] = b"another report"
    code, said = checked(package.pack(tmp_path / "small.zip", anew=False))
    assert code == 2
    assert "data/report.html: is in the package, and manifest-sha256.txt does not list it" in said


def test_a_label_swapped_everywhere_is_found_by_the_signature(signed, others, checked, tmp_path):
    """File, tables and all digests go together: nobody but the signer can tell."""
    package = Spoiled(signed.package)
    package.take_tables(others("swapped"))
    package.text("data/case/labels.yaml", swapped)
    package.sources_made_anew()
    code, said = checked(package.pack(tmp_path / "small.zip"))
    assert code == 2
    assert "signature.ed25519: does not hold: tagmanifest-sha256.txt is not what the holder of signer.pem signed" in said


def test_a_signature_taken_off_is_found_by_whoever_knows_the_key(signed, honest, checked):
    assert checked(signed.package, "--key", signed.fingerprint)[0] == 0
    code, said = checked(honest.package, "--key", signed.fingerprint)
    assert code == 2
    assert f"signature.ed25519: is missing, and a signature by {signed.fingerprint} was expected" in said


def test_a_package_signed_by_somebody_else_is_found_by_whoever_knows_the_key(signed, honest, checked, tmp_path):
    new_key(tmp_path / "mal.key", "")
    content, fingerprint = signed_package(honest.package, tmp_path / "mal.key", lambda: "")
    (tmp_path / "mal.zip").write_bytes(content)
    code, said = checked(tmp_path / "mal.zip", "--key", signed.fingerprint)
    assert code == 2
    assert f"signer.pem: is the key {fingerprint}, and {signed.fingerprint} was expected" in said


def test_a_whole_chain_made_with_other_keys_is_found_by_an_anchor_and_without_one_said_to_be_uncompared(honest, checked, tmp_path):
    forged = made(tmp_path, SmallChain("forged"))
    code, said = checked(forged.package)
    assert code == 0
    assert "Internally consistent, NOT compared with the network" in said
    code, said = checked(forged.package, "--anchor", f"6:{honest.chain.hash(6)}")
    assert code == 2
    assert f"--anchor 6: block 6 is {forged.chain.hash(6)}: the recording is of another chain" in said


def test_a_forged_recording_under_an_honest_log_is_found_by_the_newest_block_in_it(honest, checked, tmp_path):
    package, forged = Spoiled(honest.package), Spoiled(made(tmp_path, SmallChain("forged")).package)
    ours = json.loads(package.files["data/manifest.json"])["newest_block"]
    forged.files["data/log.jsonl"] = package.files["data/log.jsonl"]
    forged.json("data/manifest.json", lambda manifest: manifest.update(newest_block=ours))
    code, said = checked(forged.pack(tmp_path / "forged.zip"))
    assert code == 2
    assert "data/manifest.json: the newest block that was read is not the one in the recording" in said


def test_an_honest_package_has_nothing_wrong(honest, signed, checked):
    code, said = checked(honest.package)
    assert (code, said.splitlines()[-1]) == (0, "No discrepancy was found.")
    assert "Signature: NONE." in said
    code, said = checked(signed.package, "--key", signed.fingerprint, "--anchor", f"6:{honest.chain.hash(6)}")
    assert code == 0
    assert f"Signature: by the key with the fingerprint {signed.fingerprint} (the one that was expected)." in said
    assert "Compared with the network: blocks 1 to 6, by the anchor." in said
