"""Writes what is measured: the generated parts of docs/validation.md, and what tags say of themselves (tracer/tagging/measured.json).

usage: python docs/measured.py BLOCK FOLDER [SEAL]

BLOCK is `challenge`, where FOLDER is the reporting set of our own challenge (docs/challenge.md), or `challenge_nem`, where it is what
dev/nem_challenge.py writes, of which only the table is kept; SEAL is the SHA-256 that its SEAL must have. The data sets of others are
measured with the first where the environment variable TRACER_LABELLED names their folder; otherwise their tables stay as they are, and
that is said.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tracer.tagging.error_rates import MEASURED, MOST_FALSE
from tracer.validation.challenge import challenge

PAGE = Path(__file__).with_name("validation.md")
OTHERS = ("launder_net_evm41", "amlworld", "amlsim")


def main(block: str, folder: Path, seal: str | None) -> None:
    """Measures and writes."""
    figures = challenge(folder)
    if seal and figures["seal"] != seal:
        sys.exit(f"{folder}: its seal is {figures['seal']}, and {seal} was to be: another generator, node or compiler made it")
    blocks = {block: printed("challenge", folder)}
    if block == "challenge":
        MEASURED.write_text(json.dumps(of_tags(figures), indent=1) + "\n")
        blocks |= {"challenge_ratios": ratios(figures)} | of_others()
    text = PAGE.read_text()
    for name, table in blocks.items():
        head = rf"(<!-- {name} -->\n```\n)(?:(?!```).)*```"
        text = re.sub(head, lambda found, table=table: f"{found[1]}{table}\n```", text, flags=re.DOTALL)
    PAGE.write_text(text)
    print(f"written: {', '.join(blocks)}")


def of_others() -> dict[str, str]:
    """What is measured on the data sets of others, where they are."""
    labelled = os.environ.get("TRACER_LABELLED")
    if not labelled:
        print(f"{', '.join(OTHERS)}: not measured again, since TRACER_LABELLED names no folder")
        return {}
    return {name: printed("validate", Path(labelled) / name) for name in OTHERS}


def printed(*command: object) -> str:
    """What a command of tracer prints."""
    program = [sys.executable, "-c", "from tracer.cli.main import main; main()", *map(str, command)]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout.rstrip()  # noqa: S603 - ourselves


def of_tags(figures: dict[str, Any]) -> dict[str, Any]:
    """What a tag says of itself, without kinds and methods."""
    tags = {
        tag: {
            preset: {
                "false": at["false_positives"]["hits"], "of": at["false_positives"]["of"], "per_1000": at["false_positives"]["per_1000"],
                "found": at["recall"]["hits"], "should": at["recall"]["of"],
            }
            for preset, at in presets.items()
        }
        for tag, presets in figures["tags"].items()
    }  # fmt: skip
    population = f"{figures['cases']} cases that a script by the authors of the program generated (not an independent validation)"
    return {"population": population, "seal": figures["seal"], "tags": tags}


def ratios(figures: dict[str, Any]) -> str:
    """Likelihood ratios of the default preset: how much likelier the tag is on those that play its shape than on unrelated accounts."""
    lines = []
    for tag, presets in figures["tags"].items():
        recall, false = (presets["default"][name] for name in ("recall", "false_positives"))
        if recall["hits"] and false["hits"]:
            times = (recall["hits"] / recall["of"]) / (false["hits"] / false["of"])
            lines.append(f"{tag:<20}{times:>8.1f}   ({recall['hits']:,} of {recall['of']:,}; {false['hits']:,} of {false['of']:,})")
        elif recall["of"]:
            lines.append(f"{tag:<20}{'none':>8}   ({recall['hits']:,} of {recall['of']:,}; {false['hits']:,} of {false['of']:,})")
    beyond = [
        tag
        for tag, at in figures["tags"].items()
        if 1000 * at["default"]["false_positives"]["hits"] > MOST_FALSE * at["default"]["false_positives"]["of"]
    ]
    return "\n".join([*lines, "", f"More than {MOST_FALSE} false per 1,000, hence a lead: {', '.join(beyond) or 'none'}"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("block", choices=("challenge", "challenge_nem"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("seal", nargs="?")
    asked = parser.parse_args()
    main(asked.block, asked.folder, asked.seal)
