"""JSON files of earlier runs."""

from __future__ import annotations

import msgspec
import pytest

from segkoch_lint.config.json_file import decoded


class Named(msgspec.Struct):
    name: str


def test_members_that_the_kind_does_not_have_are_skipped() -> None:
    assert decoded(b'{"name": "a", "findings": [1, {"x": 2}]}', Named) == Named("a")


def test_lone_surrogates_are_read_as_python_writes_them() -> None:
    assert decoded(b'{"name": "caf\\udce9"}', Named) == Named("caf\udce9")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"name": 1}', b'{"name": "\xff"}', b'{"other": "a"}'])
def test_what_is_not_json_or_does_not_fit_is_an_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decoded(text, Named)
