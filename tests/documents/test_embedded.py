"""JSON objects inside lines of text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.detection import TextFormat, detect_format
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.embedded import objects_in
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import open_bytes
from tests.conftest import IOS_CALL, Ran

GOOD = json.dumps(IOS_CALL)
BAD = json.dumps({**IOS_CALL, "context": {**IOS_CALL["context"], "device": None}})

CLOUDWATCH = f"2026-04-08T19:55:00.120Z\t68ca1bd2-1119-471d-ac86-8529dc680100\tINFO\t{BAD}\n"
DUMP = f"POST /v1/track HTTP/1.1 body={BAD} status=200\n"
SUFFIX = f'{BAD} -> 200 {{"success": true}}\n'
PLAIN = "2026-04-08T19:55:42.000Z END RequestId {0} {}\n"
OTHER = 'INFO {"level": "debug", "queue": "orders", "seconds": 0.4}\n'

_TEXT = st.text(st.characters(exclude_characters="\n\r{[\0", codec="utf-8"), max_size=20)


def findings(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ran.out)["findings"]
    return found


@pytest.fixture
def checked(tmp_path: Path, program: Callable[..., Ran]) -> Callable[..., list[dict[str, Any]]]:
    """Lint a file; in a folder if *named* is false."""

    def check(text: str, name: str = "a.log", *, named: bool = True) -> list[dict[str, Any]]:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return findings(program("check", "--isolated", "-f", "json", str(path if named else tmp_path)))

    return check


def test_a_call_behind_a_long_run_of_spaces_is_found(checked: Callable[..., list[dict[str, Any]]]) -> None:
    line = " " * 60_000 + f"x {BAD}\n"

    assert {each["line"] for each in checked(line)} == {1}  # or this takes half a minute


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("line", [CLOUDWATCH, DUMP, SUFFIX])
def test_a_call_in_a_line_of_text_is_checked_where_it_is(
    line: str, named: bool, checked: Callable[..., list[dict[str, Any]]]
) -> None:
    (found,) = checked(PLAIN * 5 + line.replace("\n", "\r\n") + PLAIN, named=named)

    assert (found["code"], found["line"], found["pointer"]) == ("KCH101", 6, "/context/device")
    assert found["column"] == line.index('"device": null') + len('"device": ') + 1


@given(_TEXT, _TEXT, st.sampled_from([GOOD, BAD, f"[{GOOD}, {BAD}]", json.dumps({"batch": [IOS_CALL]})]))
def test_an_object_is_found_whatever_text_is_around_it(before: str, after: str, text: str) -> None:
    line = f"{before}{text}{after}"

    (found,) = objects_in(line.encode(), 7, Limits())

    assert not isinstance(found, ParseError)
    assert found.value == json.loads(text)
    span = found.locate([()])[()]
    assert (span.line, span.column, span.end_column) == (7, len(before) + 1, len(before + text) + 1)


def test_every_object_of_a_line_is_found() -> None:
    found = list(objects_in(f'{{"a": 1}} {GOOD} and {{"b": {{}}}} then {BAD}'.encode(), 1, Limits()))

    assert [each.value for each in found if not isinstance(each, ParseError)] == [json.loads(GOOD), json.loads(BAD)]


def test_an_object_that_is_cut_off_is_one_error_at_its_place(checked: Callable[..., list[dict[str, Any]]]) -> None:
    (found,) = checked(CLOUDWATCH.replace(BAD, GOOD) + f"INFO {GOOD[:-3]}\n" + PLAIN)

    assert (found["code"], found["line"], found["column"]) == ("KCH001", 2, len(f"INFO {GOOD[:-3]}") + 1)


def test_a_bare_constant_in_an_object_is_named_at_its_place(checked: Callable[..., list[dict[str, Any]]]) -> None:
    line = f'INFO {GOOD[:-1]}, "properties": {{"revenue": NaN}}}} done\n'

    (found,) = checked(CLOUDWATCH.replace(BAD, GOOD) + line)

    assert (found["code"], found["line"], found["column"]) == ("KCH001", 2, line.index("NaN") + 1)


def test_other_objects_in_a_log_are_no_error(checked: Callable[..., list[dict[str, Any]]]) -> None:
    others = 'INFO {"messageId": "m-1", "queue": "orders"}\nINFO {"type": "track"}\nINFO {"a": }\n'

    assert checked(others + CLOUDWATCH.replace(BAD, GOOD) + others) == []


@pytest.mark.parametrize("named", [True, False])
def test_a_log_without_a_call_is_an_error_only_if_it_is_claimed(
    named: bool, checked: Callable[..., list[dict[str, Any]]]
) -> None:
    found = checked('INFO started\nINFO {"messageId": "m-1", "queue": "orders"} taken\n', named=named)

    assert [each["code"] for each in found] == (["KCH002"] if named else [])


def test_a_wrong_type_in_a_line_of_text_is_an_error_at_the_type(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    line = CLOUDWATCH.replace('"type": "track"', '"type": "trakc"')

    (found,) = checked(CLOUDWATCH.replace(BAD, GOOD) + line)

    assert (found["code"], found["line"], found["column"]) == ("KCH002", 2, line.index('"trakc"') + 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"# Events\n\n```json\n{GOOD}\n```\nor `{GOOD}`\n", TextFormat.FOREIGN),
        (f"<!doctype html>\n<pre>{GOOD}</pre>\n", TextFormat.FOREIGN),
        (f"- {GOOD}\n- {GOOD}\n", TextFormat.YAML),
        (f"INFO: {GOOD}\nINFO: {GOOD}\n", TextFormat.TEXT),
        (f"{GOOD}{GOOD}\n{GOOD}\n", TextFormat.LINES),
        (f'{{\n"a": {GOOD},\n"b": {GOOD}\n}}', TextFormat.DOCUMENTS),
        (f"{GOOD} and\n{GOOD} more\n", TextFormat.TEXT),
        (PLAIN * 30_000 + CLOUDWATCH, TextFormat.FOREIGN),  # no JSON in what is examined
        (OTHER * 30_000 + CLOUDWATCH, TextFormat.TEXT),
        (f"# Events\n\n```\n{OTHER * 30_000}", TextFormat.FOREIGN),
        (PLAIN * 15_000 + CLOUDWATCH, TextFormat.TEXT),
        (f"POST /v1/t HTTP/1.1\r\nHost: x\r\nDate: {{}}\r\n\r\n{GOOD}\r\n\r\nHTTP/1.1 200 OK\r\n", TextFormat.TEXT),
        (f"type: track\nevent: A\ncontext:\n  {GOOD}\n", TextFormat.YAML),
        (f"\0{GOOD} binary\n", TextFormat.FOREIGN),
    ],
)
def test_a_text_is_recognised_by_objects_with_text_around_them(text: str, kind: TextFormat) -> None:
    assert detect_format(open_bytes(text.encode()), name="-", limits=Limits()) is kind


def test_nothing_around_an_object_is_shown(tmp_path: Path, program: Callable[..., Ran]) -> None:
    path = tmp_path / "a.log"
    path.write_text(f"Cookie: session=s3cr3tvalue jane {BAD} from Roe\n")

    shown = program("check", "--isolated", str(path)).out

    assert "KCH101" in shown
    assert "device" in shown
    for secret in ("s3cr3tvalue", "jane", "Roe"):
        assert secret not in shown


@pytest.mark.parametrize("named", [True, False])
def test_a_call_far_down_in_a_long_log_is_checked(named: bool, checked: Callable[..., list[dict[str, Any]]]) -> None:
    (found,) = checked(OTHER * 30_000 + CLOUDWATCH + PLAIN, named=named)

    assert (found["code"], found["line"]) == ("KCH101", 30_001)


def test_a_long_log_without_a_call_is_one_error_if_it_is_named(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    assert [each["code"] for each in checked(OTHER * 30_000)] == ["KCH002"]
    assert checked(OTHER * 30_000, named=False) == []


def test_a_message_of_a_queue_in_a_line_of_text_is_opened_with_its_exact_place(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    message = {"Records": [{"eventSource": "aws:sqs", "messageId": "q-1", "body": BAD}]}
    line = f"2026-11-02 INFO received {json.dumps(message)} from the queue\n"

    (found,) = checked(PLAIN + line)

    assert (found["code"], found["line"], found["pointer"]) == ("KCH101", 2, "/Records/0/body → /context/device")
    assert found["column"] == line.index(r"\"device\": null") + len(r"\"device\": ") + 1


@pytest.mark.parametrize("named", [True, False])
def test_a_call_in_an_unknown_envelope_in_a_line_of_text_is_reported(
    named: bool, checked: Callable[..., list[dict[str, Any]]]
) -> None:
    (found,) = checked(PLAIN + f"INFO {json.dumps({'segment': {**IOS_CALL, 'messageId': 'm-1'}})}\n", named=named)

    assert (found["code"], found["line"], found["column"]) == ("KCH005", 2, len('INFO {"segment": ') + 1)
    assert found["severity"] == ("error" if named else "warning")
    assert "--at /segment" in found["message"]
