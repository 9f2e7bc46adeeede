"""How long a line may be that is only counted: as long as `maxBytes` allows, in whatever way it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.engine.lines.json_size import fits
from segkoch_lint.rules.vocabulary import size_of
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import WAYS, is_found_the_same, written
from tests.engine.lines.test_own_rules import with_counterexample
from tests.engine.lines.test_selectors import selected

MOST = 32_768
"""`maxBytes` of a call: KCH305."""

NUMBERS = st.sampled_from(["1e15", "-1E15", "1e9", "12e14", "1e-7", "0.1E+1", "12345678901234568.0", "1.0", "1e16"])
DECIMALS = st.from_regex(r"-?(?:0|[1-9][0-9]{0,25})(?:\.[0-9]{1,25})?(?:[eE][-+]?[0-9]{1,2})?", fullmatch=True)
STRINGS = st.sampled_from(['"1e5"', r'"\u00e9"', r'"\"1e5"', r'"\/"', r'"\ud83d\ude00"', '"é"', r'"\\"', '""', '"3e8"'])
LONG = '["' + "x" * 40 + '"]'
SPACES = st.sampled_from(["", "", "", " ", "\t ", "\r"])
SCALARS = NUMBERS | DECIMALS | STRINGS | st.sampled_from(["true", "null", "17", "-0", "123456789012345678901"])
TEXTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda items, a, b: f"[{a}{f'{b},'.join(items)}]", st.lists(inner, max_size=6), SPACES, SPACES),
        st.builds(
            lambda keys, values, a: f"{{{','.join(f'{k}{a}:{v}' for k, v in zip(keys, values, strict=False))}}}",
            st.lists(STRINGS, max_size=5, unique=True),
            st.lists(inner, max_size=5),
            SPACES,
        ),
    ),
    max_leaves=30,
)


@given(TEXTS, st.integers(0, 300))
def test_a_value_that_fits_still_fits_if_python_writes_it(text: str, most: int) -> None:
    document = parse_json(text.encode(), depth=100)
    assert isinstance(document, JsonDocument)
    for limit in (most, len(text.encode()), size_of(document.value) - 1):
        assert not fits(text.encode(), limit) or size_of(document.value) <= limit


@given(
    st.recursive(st.integers() | st.text() | st.booleans() | st.floats(-1e4, 1e4).map(lambda x: round(x, 3)), st.lists)
)
def test_compact_json_fits_exactly(value: Any) -> None:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    shows_an_exponent = any(b"%de" % digit in text for digit in range(10))
    assert fits(text, len(text)) or shows_an_exponent
    assert not fits(text, len(text) - 1)


def order(size: int, *items: str, style: int = 0) -> bytes:
    """A call of a number of bytes, with these values in it."""
    call = {**IOS_CALL, "properties": {"items": "ITEMS", "padding": ""}}
    text = written(call, style).replace(b'"ITEMS"', f"[{','.join(items)}]".encode())
    return text.replace(b'"padding":"', b'"padding":"' + b"x" * (size - len(text)))


@pytest.mark.parametrize("by", WAYS)
def test_calls_up_to_the_limit_are_only_counted(by: str) -> None:
    sizes = [1_000, 9_000, 20_000, MOST]
    lines = [order(size, *items) for size in sizes for items in [(), ("17.5", '"1e5"', r'"\u00e9"')]]
    assert [len(line) for line in lines] == [size for size in sizes for _ in range(2)]
    counted, left = selected(b"\n".join([*lines, order(MOST + 1)]), by)
    assert counted == {"analytics-swift": len(lines)}
    assert len(left) == 1


@pytest.mark.parametrize(
    "items",
    [
        (),
        ("1e15",),
        ("1e15",) * 1000,
        ("1.5e300", "-2E5"),
        ("12345678901234568.0",),
        (r'"\u00e9"',) * 100,
        ('"é"', '"1e5"'),
    ],
)
def test_calls_near_the_limit_have_the_same_findings(items: tuple[str, ...]) -> None:
    sizes = [MOST // 5, MOST // 2, MOST - 20_000, MOST - 14_000, *range(MOST - 30, MOST + 3, 4), MOST, MOST + 700]
    lines = [order(size, *items) for size in sizes if size > 6_000]
    findings, summary = is_found_the_same(b"\n".join([order(1_000), *lines]))
    assert summary.calls == len(lines) + 1
    assert {finding.code for finding in findings} == {"KCH305"}


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(TEXTS, max_size=30))
def test_values_near_the_limit_of_a_user_rule_have_the_same_findings(own_rule: Path, texts: list[str]) -> None:
    good = written({**IOS_CALL, "properties": "PROPERTIES"}, 0)
    lines = [
        good.replace(b'"PROPERTIES"', text.encode())
        for text in ["[]", "{}", "1", *texts, "[1e15,1e15]", LONG, LONG[1:-1]]
    ]
    findings, _ = is_found_the_same(b"\n".join(lines), Settings(rules=(own_rule,), select=("OWN001",)))
    assert len(findings) >= 3


@pytest.fixture(name="own_rule", scope="module")
def _own_rule(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "OWN001.json").write_text(with_counterexample({"properties": {"properties": {"maxBytes": 30}}}))
    return folder
