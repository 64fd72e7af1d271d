"""Writes what is measured: the generated parts of docs/validation.md, and what tags say of themselves (tracer/tagging/measured.json).

usage: python docs/measured.py CHALLENGE [SEAL]

CHALLENGE is the reporting set of our own challenge (docs/challenge.md), SEAL the SHA-256 that its SEAL must have. The data sets of
others are measured where the environment variable TRACER_LABELLED names their folder; otherwise their tables stay as they are, and
that is said.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tracer.tagging.measured import MEASURED, MOST_FALSE
from tracer.validation.challenge import challenge

PAGE = Path(__file__).with_name("validation.md")
OTHERS = ("launder_net_evm41", "amlworld", "amlsim")


def main(folder: Path, seal: str | None) -> None:
    """Measures and writes."""
    figures = challenge(folder)
    if seal and figures["seal"] != seal:
        sys.exit(f"{folder}: its seal is {figures['seal']}, and {seal} was to be: another generator, node or compiler made it")
    MEASURED.write_text(json.dumps(of_tags(figures), indent=1) + "\n")
    blocks = {"challenge": printed("challenge", folder), "challenge_ratios": ratios(figures)}
    labelled = os.environ.get("TRACER_LABELLED")
    for name in OTHERS:
        if labelled:
            blocks[name] = printed("validate", Path(labelled) / name)
        else:
            print(f"{name}: not measured again, since TRACER_LABELLED names no folder")
    text = PAGE.read_text()
    for name, block in blocks.items():
        head = rf"(<!-- {name} -->\n```\n)(?:(?!```).)*```"
        text = re.sub(head, lambda found, block=block: f"{found[1]}{block}\n```", text, flags=re.DOTALL)
    PAGE.write_text(text)
    print(f"written: {PAGE.name}, {MEASURED.name}")


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
    population = f"{figures['cases']} cases that our own script generated (not an independent validation)"
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
    return "\n".join([*lines, "", f"More than {MOST_FALSE} false in 1,000, hence a lead: {', '.join(beyond) or 'none'}"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
