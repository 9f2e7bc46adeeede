from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.documents.detection import TextFormat, detect_format
from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream, open_bytes

LIMITS = Limits()
CALL = {"type": "track", "event": "Order Completed", "properties": {"revenue": 1}}
COMPACT = json.dumps(CALL).encode()
PRETTY = json.dumps(CALL, indent=2).encode()
MANY = 16_000
"""Lines of COMPACT that are more than what is peeked at."""


def read(content: bytes | Stream, name: str = "-", limits: Limits = LIMITS) -> list[Any]:
    """Return what is read: values, messages of errors with their line, and UnsupportedInput."""
    stream = open_bytes(content, name) if isinstance(content, bytes) else content
    result: list[Any] = []
    for each in read_documents(stream, name=name, limits=limits):
        if isinstance(each, UnsupportedInput):
            result.append(each)
        elif isinstance(each, ParseError):
            result.append(f"{each.span.line}: {each.message}")
        else:
            assert not isinstance(each, InternalFailure)
            result.append((each.document if isinstance(each, Embedded) else each).value)
    return result


def kind(content: bytes, name: str = "-", limits: Limits = LIMITS) -> TextFormat:
    stream = open_bytes(content, name)
    found = detect_format(stream, name=name, limits=limits)
    assert b"".join(stream) == content, "recognising takes nothing away"
    return found


def flawed_lines(found: list[Any]) -> list[int]:
    return [int(each.split(":")[0]) for each in found if isinstance(each, str)]


NAMES = pytest.mark.parametrize("name", ["-", "a.json", "a.ndjson", "a.yaml", "a.log", "a.json.gz"])


@NAMES
@pytest.mark.parametrize(
    ("content", "values"),
    [
        (COMPACT, [CALL]),
        (b"\r\n " + PRETTY + b"\r\n", [CALL]),
        (COMPACT + b"\n\n" + COMPACT, [CALL, CALL]),
        (COMPACT + b"\r\n" + COMPACT + b"\r\n", [CALL, CALL]),
        (PRETTY + b"\n" + PRETTY + b"\n", [CALL, CALL]),
        (COMPACT + b"\n" + PRETTY, [CALL, CALL]),
        (COMPACT + COMPACT, [CALL, CALL]),
        (b"[" + COMPACT + b",\n" + COMPACT + b"]", [[CALL, CALL]]),
        (b"\x1e" + COMPACT + b"\n\x1e" + PRETTY + b"\n", [CALL, CALL]),
        (json.dumps({"batch": [CALL]}, indent="\t").encode(), [{"batch": [CALL]}]),
    ],
)
@pytest.mark.parametrize("store", [bytes, gzip.compress, zstandard.compress, lambda text: b"\xef\xbb\xbf" + text])
def test_json_in_every_arrangement_is_read_under_every_name(
    name: str, content: bytes, values: list[Any], store: Callable[[bytes], bytes]
) -> None:
    assert read(store(content), name) == values


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_text_in_other_encodings_is_read(encoding: str) -> None:
    lines = '{"é": "😀"}\n{"é": 2}\n'
    assert read(lines.encode(encoding), "a.json") == [{"é": "😀"}, {"é": 2}]


def test_documents_keep_their_lines() -> None:
    first, second = read_documents(open_bytes(b"\n" + PRETTY + b"\n\n" + PRETTY), name="-", limits=LIMITS)
    assert not isinstance(first, Embedded | UnsupportedInput | ParseError | InternalFailure)
    assert not isinstance(second, Embedded | UnsupportedInput | ParseError | InternalFailure)
    assert first.locate([()])[()].line == 2
    assert second.locate([()])[()].line == 10


YAML = b"type: track\nevent: Order\n---\n- type: page\n"
YAML_VALUES = [{"type": "track", "event": "Order"}, [{"type": "page"}]]


@pytest.mark.parametrize("name", ["a.yaml", "a.yml.gz", "-", "a.log"])
def test_yaml_is_read_under_its_name_and_under_names_that_say_nothing(name: str) -> None:
    assert read(YAML, name) == YAML_VALUES
    assert kind(YAML, name) is TextFormat.YAML


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson.gz", "A.JSON"])
def test_a_file_named_json_is_never_read_as_yaml(name: str) -> None:
    found = read(YAML, name)
    assert found
    assert all(isinstance(each, str) for each in found)


def test_yaml_in_flow_style_is_yaml_although_it_begins_as_json_does() -> None:
    assert read(b"{type: track, event: 'x'}", "a.yaml") == [{"type": "track", "event": "x"}]
    assert read(b"{'type': 'track'}") == [{"type": "track"}]


@pytest.mark.parametrize("name", ["a.yaml", "-"])
def test_yaml_documents_in_flow_style_are_no_json_lines(name: str) -> None:
    marked = b"---\n" + COMPACT + b"\n---\n" + COMPACT + b"\n"
    assert read(marked, name) == [CALL, CALL]
    assert read(marked[4:], name) == [CALL, CALL]


def test_json_lines_inside_of_yaml_are_part_of_it() -> None:
    text = b"bodies: |\n" + b"".join(b"  " + COMPACT + b"\n" for _ in range(3))
    for name in ("a.yaml", "-"):
        assert read(text, name) == [{"bodies": "\n".join([COMPACT.decode()] * 3) + "\n"}]


def test_json_lines_with_a_line_of_yaml_in_them_stay_json() -> None:
    found = read(COMPACT + b"\n---\n" + COMPACT + b"\n}\n")
    assert CALL in found
    assert flawed_lines(found)


def test_json_lines_under_a_name_of_yaml_are_read_line_by_line() -> None:
    assert flawed_lines(read(COMPACT + b"\n{]\n" + COMPACT, "a.yaml")) == [2]


def test_broken_yaml_is_an_error_if_it_is_named_yaml_and_else_unsupported() -> None:
    (error,) = read(b"type: [track\n", "a.yaml")
    assert isinstance(error, str)
    assert read(b"type: [track\n", "notes.txt") == [UnsupportedInput()]


@pytest.mark.parametrize(
    "content",
    [
        b"just some words\n",
        b"[2024-05-01 12:00:00] INFO started\n[2024-05-01 12:00:01] INFO ended\n",
        b"[package]\nname = 'x'\n",
        b"Dear all:\n\tthis is no YAML: at all\n",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"\xff\xd8\xff\xe0",
        b"\x93\xfa\x96{",
        b"lines of words\n" * 100_000,
        b" indented from the first to the last line\n" * 100_000,
    ],
)
def test_anything_else_is_foreign(content: bytes) -> None:
    assert read(content, "thing") == [UnsupportedInput()]
    assert read(gzip.compress(content), "thing") == [UnsupportedInput()]


@pytest.mark.parametrize(
    "content",
    [b"analytics.track('Seen', {step: 1})", b"// sent\nconst call = {a: 1}", b"curl -d x https://a.example: c"],
)
def test_source_code_that_could_be_read_as_yaml_is_called_source_code(content: bytes) -> None:
    assert read(content) == [UnsupportedInput("source code")]


def test_any_other_text_is_an_error_if_it_is_named_json() -> None:
    assert flawed_lines(read(b"just some words\n", "a.json")) == [1]
    assert flawed_lines(read(b"\x89PNG\r\n\x1a\n\0\0\0", "a.json")) == [1]


def test_long_yaml_without_a_name_is_detected_by_its_start() -> None:
    documents = [{"type": "track", "event": f"e{number}", "properties": {"n": "x" * 60}} for number in range(900)]
    text = "".join(f"- type: track\n  event: {each['event']}\n  properties:\n    n: {'x' * 60}\n" for each in documents)
    assert len(text) > 1 << 16
    assert read(text.encode()) == [documents]
    assert read(b"batch:\n" + b"".join(b"  " + line + b"\n" for line in text.encode().splitlines())) == [
        {"batch": documents}
    ]


@pytest.mark.parametrize("name", ["-", "a.ndjson", "a.yaml", "a.log"])
@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_input_is_called_empty(name: str, content: bytes) -> None:
    assert read(content, name) == [UnsupportedInput("empty")]


def test_an_empty_file_named_json_is_an_error() -> None:
    assert read(b"", "a.json") == ["1: the file is empty, and JSON is at least one value"]
    assert read(b"\n\n", "a.json.gz") == ["3: the file is empty, and JSON is at least one value"]


def test_an_empty_compressed_file_is_an_error_if_it_is_named_json() -> None:
    assert read(b"", "a.ndjson.gz") == ["1: an empty file where gzip was expected"]


def test_a_broken_line_is_one_error_and_the_others_are_read() -> None:
    lines = [COMPACT, b'{"type": "tra', COMPACT, b"", b"\xff", COMPACT, b'{"type": ']
    for name in ("-", "a.json", "a.jsonl", "a.log"):
        found = read(b"\n".join(lines), name)
        assert flawed_lines(found) == [2, 5, 7]
        assert [each for each in found if not isinstance(each, str)] == [CALL] * 3


def test_a_log_whose_first_line_is_torn_is_still_a_log() -> None:
    torn = COMPACT[20:] + b"\n" + (COMPACT + b"\n") * 5
    assert flawed_lines(read(torn)) == [1]
    assert len(read(torn)) == 6


def test_a_broken_document_of_several_lines_is_one_error_and_the_next_is_read() -> None:
    broken = PRETTY.replace(b'"track",', b'"track"')
    assert kind(broken + b"\n" + PRETTY) is TextFormat.DOCUMENTS
    found = read(broken + b"\n" + PRETTY, "a.json")
    assert flawed_lines(found) == [3]
    assert found[1:] == [CALL]


def test_a_file_named_json_lines_is_read_by_its_content() -> None:
    assert kind(PRETTY, "a.ndjson") is TextFormat.DOCUMENTS
    assert read(b'1\n"two"\nnull\n', "a.ndjson") == [1, "two", None]


def test_a_value_that_no_call_could_be_is_still_json_under_that_name() -> None:
    assert read(b'"text"', "a.json") == ["text"]


@pytest.mark.parametrize("name", ["-", "a.json", "a.ndjson", "a.yaml"])
def test_a_log_longer_than_the_sample_is_read_line_by_line(name: str) -> None:
    content = (COMPACT + b"\n") * MANY + b"{broken\n" + COMPACT
    assert len(content) > 1 << 20
    assert kind(content, name) is TextFormat.LINES
    found = read(content, name)
    assert len(found) == MANY + 2
    assert flawed_lines(found) == [MANY + 1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["-", "a.json", "a.ndjson", "a.yaml"])
@pytest.mark.parametrize("separator", [b"\n", b""])
def test_long_documents_over_several_lines_are_read(name: str, separator: bytes) -> None:
    content = separator.join([PRETTY] * MANY)
    assert kind(content, name) in (TextFormat.DOCUMENTS, TextFormat.YAML)
    assert read(content, name) == [CALL] * MANY


def test_a_long_array_with_an_element_a_line_is_one_document() -> None:
    content = b"[\n" + b",\n".join([COMPACT] * MANY) + b"\n]\n"
    assert read(content) == [[CALL] * MANY]


def test_a_compact_document_may_precede_documents_of_several_lines() -> None:
    content = COMPACT + b"\n" + b"\n".join([PRETTY] * MANY)
    assert read(content) == [CALL] * (MANY + 1)


def test_one_long_line_is_one_document() -> None:
    long = json.dumps([CALL] * MANY).encode()
    assert len(long) > 1 << 20
    for name in ("-", "a.json", "a.ndjson", "a.yaml"):
        assert read(long, name) == [[CALL] * MANY]


def test_the_limit_of_a_line_is_not_meant_for_a_document() -> None:
    limits = Limits(line_bytes=50)
    assert read(COMPACT, "a.json", limits) == [CALL]
    assert read(COMPACT, "a.ndjson", limits) == ["1: the line is longer than 50 bytes (limits.line-bytes)"]
    long = json.dumps([CALL] * MANY).encode()
    assert read(long, "a.json", limits) == [[CALL] * MANY]
    assert read(long, "a.jsonl", limits) == ["1: the line is longer than 50 bytes (limits.line-bytes)"]


def test_a_long_first_line_is_looked_at_to_its_end() -> None:
    long = json.dumps([CALL] * MANY).encode()
    assert kind(long + b"\n" + COMPACT + b"\n" + COMPACT + b" " * (1 << 20)) is TextFormat.LINES


def test_documents_over_the_limit_are_an_error_that_names_the_limit() -> None:
    limits = Limits(file_bytes=1000, yaml_bytes=2000)
    assert read(PRETTY * 100, "a.json", limits) == [
        "1: JSON that is not one document a line, and larger than 1,000 bytes (limits.file-bytes)"
    ]
    assert read(YAML * 100, "a.yaml", limits) == ["1: YAML, and larger than 2,000 bytes (limits.yaml-bytes)"]
    assert len(read(PRETTY * 5, "a.json", limits)) == 5


def test_a_large_document_over_the_limit_is_not_read_to_its_end() -> None:
    content = b"[\n" + b" " * (8 << 20) + b"]"
    stream = open_bytes(content)
    assert len(read(stream, "a.json", Limits(file_bytes=2 << 20))) == 1
    assert stream.inflated < 4 << 20


def test_a_foreign_file_is_not_read_to_its_end() -> None:
    stream = open_bytes(b"words\n" * (1 << 20))
    assert read(stream) == [UnsupportedInput()]
    assert stream.inflated < 2 << 20


def test_documents_after_a_long_blank_text_are_read() -> None:
    assert read(b"\n" * (2 << 20) + COMPACT) == [CALL]


LOG = [{"type": "track", "event": f"Order {number}"} for number in range(12)]
LINES = b"".join(json.dumps(each).encode() + b"\n" for each in LOG)
LOG_GZIP = gzip.compress(LINES[:300]) + gzip.compress(LINES[300:])
LOG_ZSTD = zstandard.compress(LINES[:300]) + zstandard.compress(LINES[300:])


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.json", "log"])
@pytest.mark.parametrize("stored", [LOG_GZIP, LOG_ZSTD], ids=["gzip", "zstd"])
def test_a_log_that_is_cut_off_yields_the_lines_before_and_one_error(name: str, stored: bytes) -> None:
    first = len(gzip.compress(LINES[:300]) if stored is LOG_GZIP else zstandard.compress(LINES[:300]))
    for cut in set(range(1, len(stored))) - {first}:
        *before, last = read(stored[:cut], name)
        assert isinstance(last, str)
        assert last.endswith("data is cut off")
        assert before == LOG[: len(before)]


def test_data_after_the_compressed_data_is_reported_after_the_good_documents() -> None:
    *before, last = read(LOG_GZIP + b"garbage", "log")
    assert before == LOG
    assert last == "13: something that is not gzip follows the gzip data"


def test_a_document_that_is_cut_off_is_one_error_and_those_before_it_are_read() -> None:
    whole = b"\n".join([PRETTY] * 40)
    assert read(gzip.compress(whole[:-30])[:-1], "a.json") == [CALL] * 39 + ["277: the gzip data is cut off"]


def test_documents_before_corrupt_data_are_read() -> None:
    assert read(gzip.compress(PRETTY + b"\n" + PRETTY)[:-1]) == [CALL, CALL, "14: the gzip data is cut off"]
    assert read(gzip.compress(YAML)[:-1], "a.yaml") == [*YAML_VALUES, "5: the gzip data is cut off"]


def test_an_error_on_a_whole_line_before_corrupt_data_is_reported() -> None:
    found = read(gzip.compress(PRETTY + b"\n{\n]\n")[:-1])
    assert found[0] == CALL
    assert flawed_lines(found) == [9, 10]


def test_yaml_that_is_cut_off_is_an_error_after_its_documents() -> None:
    assert read(gzip.compress(b"type: track\nevent: 'x")[:-1], "a.yaml") == ["2: the gzip data is cut off"]


def test_a_compressed_file_that_is_cut_off_before_its_content_is_an_error() -> None:
    (error,) = read_documents(open_bytes(LOG_GZIP[:5]), name="log", limits=LIMITS)
    assert error == ParseError("the gzip data is cut off", Span(1, 1, 1, 1), 1, shows_signs=False, cause="cut-off")


@given(
    st.lists(
        st.sampled_from(
            [COMPACT, b"[1, 2]", b"7", b'{"a": 1', b"}", b"{", b"[", b"words", b"", b"  ", b"\xff", b"nul"]
        ),
        max_size=12,
    ),
    st.integers(1, 60),
)
@settings(deadline=None)
def test_each_line_of_json_lines_is_a_document_or_an_error_with_its_number(lines: list[bytes], size: int) -> None:
    content = b"\n".join(lines)
    position = 0

    def trickle(most: int) -> bytes:
        nonlocal position
        piece = content[position : position + min(size, most)]
        position += len(piece)
        return piece

    found = list(read_documents(Stream("a.ndjson", trickle), name="a.ndjson", limits=LIMITS))
    if not any(isinstance(each, ParseError) for each in found):
        return  # good as a whole, which may be over several lines
    numbers = []
    for each in found:
        assert not isinstance(each, Embedded | UnsupportedInput | InternalFailure)
        numbers.append(each.span.line if isinstance(each, ParseError) else each.locate([()])[()].line)
    assert numbers == [number for number, line in enumerate(lines, 1) if line.strip()]
