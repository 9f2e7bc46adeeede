"""Inputs from public reports and SDK sources, and what the program has to say of them.

The inputs stand in a folder beside the repository, which not everybody has: without it nothing is tested here. The
README there says what an expectation holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran

FIELD = Path(__file__).parents[2] / "shared" / "field"

_SUFFIX = ".expected.json"

# What fails today, and the work that it waits for. Whoever does the work removes the entry: a test that passes
# although it is expected to fail is an error.
AWAITED: dict[str, str] = {}

# What is right since an input is read, where the expectation beside it was written before.
READ_SINCE: dict[str, list[str]] = {"13-curl": ["KCH104", "KCH105", "KCH303"]}

NAMES = sorted(path.name.removesuffix(_SUFFIX) for path in FIELD.glob(f"*{_SUFFIX}"))

pytestmark = pytest.mark.skipif(not NAMES, reason="the inputs from the field are not here")


def _cases() -> list[Any]:
    return [
        pytest.param(name, marks=pytest.mark.xfail(reason=AWAITED[name], strict=True)) if name in AWAITED else name
        for name in NAMES
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", _cases())
def test_an_input_from_the_field_gets_the_verdict_that_is_right(name: str, program: Callable[..., Ran]) -> None:
    expected = json.loads((FIELD / f"{name}{_SUFFIX}").read_text())
    (path,) = (each for each in FIELD.glob(f"{name}.*") if not each.name.endswith(_SUFFIX))

    ran = program(*expected.get("args", ["check"]), "--isolated", "-f", "json", str(path))

    findings = [each for each in json.loads(ran.out)["findings"] if each["severity"] != "info"]
    codes = sorted(each["code"] for each in findings)
    if name in READ_SINCE:
        assert codes == READ_SINCE[name]
        return
    assert codes in [expected["codes"], *expected.get("accept", [])]
    if codes == expected["codes"]:
        assert ran.status == expected["exit"]
    elif any(each["severity"] == "error" for each in findings):
        assert ran.status == 1
    else:
        assert ran.status in {0, 3}  # 3: the calls of an envelope are not read, and nothing else is there
    for code, lines in expected.get("lines", {}).items():
        for each in findings:
            if each["code"] == code:
                assert each["line"] in lines


def test_what_is_awaited_is_there() -> None:
    assert set(AWAITED) | set(READ_SINCE) <= set(NAMES)
