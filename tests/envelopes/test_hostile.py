"""Envelopes with anything in them: the program never fails, and all figures add up."""

from __future__ import annotations

import copy
import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint import Settings
from segkoch_lint.envelopes.loader import built_in
from segkoch_lint.findings.position import Path
from segkoch_lint.linter import Linter
from tests.envelopes.captures import batch, call

DOCUMENTS = [example.document for envelope in built_in() for example in envelope.examples]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        ["", "{", "[1", "{}", "[]", "x", "eyJ0", "H4sIAAAA", "\ufffd{", "POST", "https://api.segment.io/v1/b", "//["]
    )
    | st.sampled_from([json.dumps(call()), batch(call()), json.dumps(call())[:-1], json.dumps(json.dumps(call()))])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["request", "url", "text", "body", "data", "event", "batch"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, member in members for each in paths_of(member, (*path, key)))]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """Return an example in which some values are replaced."""
    document = {"": copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))}
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(paths_of(document)[1:]))
        holder: Any = document
        for step in way:
            holder = holder[step]
        holder[last] = draw(VALUES)
    return document[""]


@given(
    document=damaged(),
    name=st.sampled_from(["x.json", "x.ndjson", "x.json5", "x.yaml"]),
    at=st.sampled_from([(), ("/**",), ("/*/body", "/log")]),
)
def test_whatever_is_in_an_envelope_the_run_is_complete(name: str, document: Any, at: tuple[str, ...]) -> None:
    text = yaml.safe_dump(document, allow_unicode=True) if name == "x.yaml" else json.dumps(document)
    linter = Linter(Settings(at=at))

    found = [*linter.bytes(text.encode("utf-8", "replace"), name), *linter.identity_findings()]

    assert linter.summary.internal_errors == []
    assert linter.summary.adds_up()
    for each in found:
        assert each.location.text()
