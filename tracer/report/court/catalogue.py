"""The catalogue: all text of the report, with named slots. Another language is another file with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from tracer.report.court.blocks import Text

LANGUAGES = ("english",)


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """The text of the report in a language, as its file has it."""
    return tomllib.loads((files("tracer.report.court") / f"{language}.toml").read_text(encoding="utf-8"))


class Words:
    """The text of the report, in one language and with one pair of words for what was taken."""

    def __init__(self, term: str, language: str = LANGUAGES[0]) -> None:
        self.text = catalogue(language)
        self.terms: Mapping[str, str] = self.text["terms"][term]

    def __call__(self, key: str, **slots: Text | int) -> Markup:
        """The text at `key` ("answer.title"), its slots filled; what fills them is escaped unless it is markup already.

        Raises KeyError for a key or a slot that nothing fills.
        """
        found: Any = self.text
        for part in key.split("."):
            found = found[part]
        return escape(found).format(**self.terms, **slots)

    def counted(self, number: int, noun: str) -> Markup:
        """A number with its noun, as `noun` of the catalogue has it for one and for several."""
        word = self.text["noun"][noun][0 if number == 1 else 1]
        return Markup("{} {}").format(f"{number:,}", escape(word).format(**self.terms))

    def authorities(self) -> list[Mapping[str, str]]:
        """On what authority each rule is used, an entry for each situation."""
        return list(self.text["authority"])

    def joined(self, parts: list[Text]) -> Markup:
        """The parts as a list in a sentence."""
        return escape(self.text["word"]["list"]).join(parts)
