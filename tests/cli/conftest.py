"""An example folder of events for the tests of the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import IOS_CALL

BAD: dict[str, Any] = {
    "type": "track",
    "event": "x",
    "userId": "user-4711",
    "context": {"device": {"type": "iOS", "id": "c9a3f1d27b5e8460"}},
}


@pytest.fixture
def events_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with a good and a bad call."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "good.json").write_text(json.dumps(IOS_CALL))
    (tmp_path / "bad.json").write_text(json.dumps(BAD, indent=1))
    monkeypatch.chdir(tmp_path)
    return tmp_path
