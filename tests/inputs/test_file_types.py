from __future__ import annotations

import pytest

from segkoch_lint.inputs.file_types import ClaimedFormat, claimed_format, encoding_of, is_compressed, starts_like_calls


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("a.json", ClaimedFormat.JSON),
        ("logs/A.JSON.GZ", ClaimedFormat.JSON),
        ("a.ndjson", ClaimedFormat.JSON_LINES),
        ("a.jsonl.zst", ClaimedFormat.JSON_LINES),
        ("a.jsonc", ClaimedFormat.JSONC),
        ("A.JSON5.gz", ClaimedFormat.JSON5),
        ("a.har", ClaimedFormat.JSON),
        ("a.zhar", ClaimedFormat.JSON),
        ("a.chlsj", ClaimedFormat.JSON),
        ("a.yml", ClaimedFormat.YAML),
        ("a.yaml.gzip", ClaimedFormat.YAML),
        ("a.log", ClaimedFormat.NOTHING),
        ("a.json.1", ClaimedFormat.NOTHING),
        ("json", ClaimedFormat.NOTHING),
        (".gz", ClaimedFormat.NOTHING),
        ("-", ClaimedFormat.NOTHING),
        ("", ClaimedFormat.NOTHING),
    ],
)
def test_the_ending_claims_and_that_of_compression_is_looked_through(name: str, claim: ClaimedFormat) -> None:
    assert claimed_format(name) is claim


@pytest.mark.parametrize(
    "head",
    [b'{"type"', b" \n{}", b'[\n  {"type"', b"[]", b"[[", b"[ ", b"{ ", b'\x1e{"type"', b'\n[{ "a'],
)
def test_objects_and_lists_of_them_look_like_calls(head: bytes) -> None:
    assert starts_like_calls(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b" \n",
        b"\x1e\n",
        b"[package]\n",
        b"[[tool]]",
        b"[2024-05-01 12:00] start",
        b"{{ value }}",
        b"{% if %}",
        b"# x",
    ],
)
def test_other_text_in_brackets_does_not_look_like_calls(head: bytes) -> None:
    assert not starts_like_calls(head)


def test_compression_is_seen_by_its_magic_numbers() -> None:
    assert is_compressed(b"\x1f\x8b\x08")
    assert is_compressed(b"\x28\xb5\x2f\xfd")
    assert is_compressed(b"\x5a\x2a\x4d\x18")
    assert not is_compressed(b"{}")
    assert not is_compressed(b"")


def test_the_longer_byte_order_mark_wins() -> None:
    assert encoding_of(b"\xff\xfe\x00\x00{\x00\x00\x00") == ("utf-32-le", 4)
    assert encoding_of(b"\xff\xfe{\x00") == ("utf-16-le", 2)
    assert encoding_of(b"{}") is None
