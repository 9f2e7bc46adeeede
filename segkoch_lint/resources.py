"""Finds the files of ``schemas/``: what Kochava needs, as data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec


@cache
def directory() -> Path:
    """Return the folder of the schemas: inside the package when installed, at the repository's top in place."""
    package = Path(__file__).parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@cache
def load(name: str) -> Any:
    """Return the JSON of ``schemas/NAME.json``. Callers must not change it."""
    return msgspec.json.decode((directory() / f"{name}.json").read_bytes())
