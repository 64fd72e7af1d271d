"""An evidence package in other hands: unpacked, altered, its manifests made anew, packed again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from tracer.bundle.bagit_archive import TAG_MANIFEST, _manifest, archived, files_of
from tracer.verify_package import LATER


class Spoiled:
    """The files of a package, free to be altered."""

    def __init__(self, package: Path) -> None:
        self.root, self.files = files_of(package)

    def text(self, name: str, change: Callable[[str], str]) -> None:
        before = self.files[name].decode()
        self.files[name] = change(before).encode()
        assert self.files[name] != before.encode(), f"nothing changed in {name}"

    def json(self, name: str, change: Callable[[object], object]) -> None:
        """Changes what JSON says: in place, or by what `change` gives."""
        content = json.loads(self.files[name])
        changed = change(content)
        self.files[name] = (json.dumps(content if changed is None else changed, indent=2) + "\n").encode()

    def rows(self, file: str, change: Callable[[list[dict[str, str]]], object]) -> None:
        """Changes the lines of a table."""
        name = f"data/tables/{file}"
        reader = csv.DictReader(io.StringIO(self.files[name].decode()))
        lines = list(reader)
        change(lines)
        text = io.StringIO()
        writer = csv.DictWriter(text, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        self.files[name] = text.getvalue().encode()

    def blocks(self, change: Callable[[dict[int, dict]], object]) -> None:
        """Changes the blocks of the recording, and the SHA-256 of each answer with them."""
        name = "data/case/recording.jsonl"
        records = [json.loads(line) for line in self.files[name].splitlines()]
        held = {json.loads(r["answer"])["height"]: r for r in records if r["path"] == "/block/at/public"}
        blocks = {height: json.loads(record["answer"]) for height, record in held.items()}
        change(blocks)
        for height, record in held.items():
            record["answer"] = json.dumps(blocks[height]) if height in blocks else "{}"
            record["sha256"] = hashlib.sha256(record["answer"].encode()).hexdigest()
        self.files[name] = "".join(json.dumps(record) + "\n" for record in records).encode()

    def take_tables(self, other: Spoiled) -> None:
        """Puts the tables of another package in, as if they were of this one's result: all figures in them go together."""
        ours, theirs = (json.loads(each.files["data/manifest.json"])["results_digest"] for each in (self, other))
        for name in [name for name in self.files if name.startswith("data/tables/")]:
            del self.files[name]
        tables = {name: content for name, content in other.files.items() if name.startswith("data/tables/")}
        self.files |= {name: content.replace(theirs.encode(), ours.encode()) for name, content in tables.items()}

    def sources_made_anew(self) -> None:
        """The digests of sources as they are now, in sources.json and manifest.json."""
        digests: dict[str, str] = {}

        def anew(sources: list[dict]) -> None:
            for each in sources:
                each["sha256"] = digests.setdefault(each["name"], hashlib.sha256(self.files[each["file"]]).hexdigest())
                each["size"] = len(self.files[each["file"]])

        self.json("data/sources.json", anew)

        def stated(manifest: dict) -> None:
            for each in manifest["sources"]:
                each["sha256"] = digests[each["name"]]

        self.json("data/manifest.json", stated)

    def made_anew(self) -> Mapping[str, bytes]:
        """The files, with the list beside the tables and all manifests as if nothing had happened."""
        tables = {name.rpartition("/")[2]: content for name, content in self.files.items() if name.startswith("data/tables/")}
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in tables.items() if name != "digests.json"}
        self.json("data/tables/digests.json", lambda listed: {**listed, "files": digests})
        self.files["manifest-sha256.txt"] = _manifest({name: each for name, each in self.files.items() if name.startswith("data/")})
        tags = {name: each for name, each in self.files.items() if not name.startswith("data/") and name not in LATER}
        self.files[TAG_MANIFEST] = _manifest(tags)
        return self.files

    def pack(self, target: Path, *, anew: bool = True) -> Path:
        target.write_bytes(archived(self.root, self.made_anew() if anew else self.files))
        return target
