"""What somebody may have meant who wrote an unknown word."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who wrote `word` may have meant; None if none is close."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1)), None)


def hint(word: str, known: Iterable[str], otherwise: str = "there are") -> str:
    """What to write instead of an unknown word: the nearest known one, or all of them.

    >>> hint("fif", ["fifo", "lifo"]), hint("x", ["fifo", "lifo"])
    ('did you mean fifo?', 'there are fifo, lifo')
    """
    words = list(known)
    near = nearest(word, words)
    return f"did you mean {near}?" if near else f"{otherwise} {', '.join(words)}"
