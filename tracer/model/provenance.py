"""Of which results a file was made: what stands in everything that leaves a case folder."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracer.version import __version__

SAID = re.compile(rb"results digest ([0-9a-f]{64})\b")
"""How a digest stands in a file, whatever its format: in clear, so that no reader of the format is needed to find it."""


class Stamp(NamedTuple):
    """The case, the digest of its results ("" while a run is still at work) and the version of tracer that wrote the file."""

    case: str
    results_digest: str
    tracer: str = __version__

    def __str__(self) -> str:
        """The stamp on a line of its own.

        >>> str(Stamp("rehearsal", "ab" * 32, "0.2.0"))
        'Case rehearsal, results digest abababababababababababababababababababababababababababababababab, tracer 0.2.0'
        """
        return f"Case {self.case}, {self.digest_said}, tracer {self.tracer}"

    def sentence(self) -> str:
        """The same as a sentence.

        >>> Stamp("rehearsal", "", "0.2.0").sentence()
        'Made with tracer 0.2.0 from case rehearsal (no results digest, as the run is not finished).'
        """
        return f"Made with tracer {self.tracer} from case {self.case} ({self.digest_said})."

    @property
    def digest_said(self) -> str:
        """The digest in words; by these `digests_in` finds it."""
        return f"results digest {self.results_digest}" if self.results_digest else "no results digest, as the run is not finished"


def digests_in(content: bytes) -> list[str]:
    """The results digests that a file says it was made of, each once.

    >>> digests_in(b"... results digest " + b"ab" * 32 + b", tracer 0.2.0")
    ['abababababababababababababababababababababababababababababababab']
    """
    return list(dict.fromkeys(digest.decode("ascii") for digest in SAID.findall(content)))
