"""Strings as YAML are read again as they were."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.config.toml_text import quoted
from segkoch_lint.setup.yaml_text import yaml_list, yaml_string

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@given(st.lists(TEXTS, max_size=4))
def test_every_text_is_read_again(texts: list[str]) -> None:
    assert yaml.safe_load(yaml_list(texts)) == texts
    assert [tomllib.loads(f"a = {quoted(text)}")["a"] for text in texts] == texts


@pytest.mark.parametrize(
    "text", ["true", "No", "null", "1e5", "0x1f", "2026-11-27", "~", "a: b", "a #b", "- a", "*a", ""]
)
def test_what_yaml_would_read_as_something_else_is_in_quotes(text: str) -> None:
    assert yaml.safe_load(yaml_string(text)) == text


def test_a_plain_text_stays_plain() -> None:
    assert yaml_list(["plans/", "v0.1.0", "a b/c"]) == "[plans/, v0.1.0, a b/c]"
