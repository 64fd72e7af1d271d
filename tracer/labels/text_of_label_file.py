"""The text of a file of labels."""

from __future__ import annotations

from pathlib import Path

from tracer.errors import InputError

LARGEST = 64 << 20  # bytes of a file


def text_of(path: Path) -> str:
    """The text of a pack or a list. Raises InputError naming the file and the mend."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: is larger than {LARGEST >> 20} MB: split it")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is no UTF-8 text: save it in UTF-8") from error
