"""Texts of fragments of JSON, its dialects, logs and shell commands, put together in any order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint import Linter
from tests.conftest import IOS_CALL

_CALL = json.dumps(IOS_CALL)
_FRAGMENTS = [
    *(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        "'",
        "\\",
        "/*",
        "*/",
        "//",
        "#",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u2028",
        "\ufeff",
    ),
    *("$'", "$", "`", ";", "|", "curl ", " -d ", "--json ", "https://api.segment.io/v1/track", "{{x}}", "---", "```"),
    *("key", "0x1F", "+.5", "NaN", "\\x41", "\\u0061", "\ud7ff\U0001f600", "userId", '"anonymousId"', "INFO "),
    *(_CALL, _CALL[:-1], json.dumps(_CALL), _CALL.replace('"', "'")),
]


@pytest.mark.parametrize("name", ["a.json", "a.jsonc", "a.json5", "a.log", "a.sh", "a.yaml", "a.ndjson"])
@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=25))
def test_any_text_gets_findings_and_no_failure_of_ours(name: str, fragments: list[str]) -> None:
    linter = Linter()

    found = list(linter.bytes("".join(fragments).encode("utf-8", "surrogatepass"), name))

    assert linter.summary.failed == 0
    for finding in found:
        span = finding.location.span
        assert span is None or (span.line, span.column) <= (span.end_line, span.end_column)
