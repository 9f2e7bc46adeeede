"""What the tests of tracking plans share."""

from __future__ import annotations

from pathlib import Path

import pytest

_MEASURED = (Path(__file__).parent / "probe", Path(__file__).parent / "test_replay.py")
"""The tests of what runs in the processes that evaluate schemas."""


@pytest.fixture(autouse=True)
def evaluators(request: pytest.FixtureRequest) -> None:
    """Measure coverage in the processes that evaluate schemas only for the tests of these."""
    if not any(request.path.is_relative_to(each) for each in _MEASURED):
        request.getfixturevalue("unmeasured_programs")
