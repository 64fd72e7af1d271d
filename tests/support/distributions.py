"""A distribution of somebody else, as pip would have installed it."""

from __future__ import annotations

from pathlib import Path


def install(site: Path, name: str, version: str, entry_points: str) -> str:
    """Puts what pip leaves of a distribution into a folder, and gives the folder, for `sys.path`."""
    about = site / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (about / "entry_points.txt").write_text(entry_points)
    return str(site)
