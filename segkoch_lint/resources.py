"""The files of ``schemas/``, which say as data what Kochava needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec


@cache
def directory() -> Path:
    """Return the folder of the schemas: in the package if it is installed, else at the top of the repository."""
    package = Path(__file__).parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@cache
def load(name: str) -> Any:
    """Return the JSON of ``schemas/NAME.json``. Callers must not change it."""
    return msgspec.json.decode((directory() / f"{name}.json").read_bytes())
