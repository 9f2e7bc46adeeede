"""Comparing keywords that fail as no keyword should."""

from __future__ import annotations

from typing import Any, cast

import pytest

from segkoch_lint.rules.vocabulary import KEYWORDS


def fail_once(monkeypatch: pytest.MonkeyPatch, keyword: str, raised: type[BaseException]) -> None:
    """Let a comparing keyword raise an exception the first time, and accept every value after that."""
    times = iter([True])

    def failing(_value: object, _instance: object) -> bool:
        if next(times, False):
            raise raised
        return True

    monkeypatch.setitem(cast("dict[str, Any]", KEYWORDS), keyword, failing)
