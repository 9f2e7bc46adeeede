"""Files of JSON with comments and JSON5: which are read, and how errors in the others are reported."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran

COMMENTED = """\
// seen by jane.roe@example.com
{
  "type": "track",
  "event": "Order Completed",
  "anonymousId": "507f191e810c19729de860eb",  // the same as 507f191e810c19729de860eb
  "context": {"device": {
    "id": "D1309FC7-9CAF-44BC-99A6-66709E49CA52", /* who */
    "advertisingId": "FB81804A-0075-442D-8FFB-2D7C5184CA48",
    "adTrackingEnabled": true,
    "type": "iOS",
  }},
}
"""

RELAXED = COMMENTED.replace('"', "'").replace("'type'", "type")


def findings(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ran.out)["findings"]
    return found


@pytest.fixture
def checked(tmp_path: Path, program: Callable[..., Ran]) -> Callable[..., list[dict[str, Any]]]:
    """Lint a file of a name; in a folder if *named* is false."""

    def check(name: str, text: str | bytes, *, named: bool = True) -> list[dict[str, Any]]:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return findings(program("check", "--isolated", "-f", "json", str(path if named else tmp_path)))

    return check


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("name", "text"), [("a.jsonc", COMMENTED), ("A.JSON5", RELAXED), ("a.json5", COMMENTED), ("a.jsonc.gz", COMMENTED)]
)
def test_a_call_is_read_in_its_dialect_named_and_in_folders(
    name: str, text: str, named: bool, checked: Callable[..., list[dict[str, Any]]]
) -> None:
    content = gzip.compress(text.encode()) if name.endswith(".gz") else text

    (found,) = checked(name, content, named=named)

    assert (found["code"], found["line"], found["column"]) == ("KCH103", 10, text.split("\n")[9].index("iOS"))


@pytest.mark.parametrize("named", [True, False])
def test_comments_in_a_json_file_are_one_error_that_says_so(
    named: bool, checked: Callable[..., list[dict[str, Any]]]
) -> None:
    (found,) = checked("a.json", COMMENTED, named=named)

    assert (found["code"], found["line"], found["column"]) == ("KCH001", 1, 1)
    assert "comments" in found["message"]
    assert ".jsonc" in found["remedy"]


def test_a_commented_json_file_that_is_broken_besides_is_one_error(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    for text in (COMMENTED.replace('"track",', '"track"'), RELAXED, "/* a\n" + COMMENTED.replace("*/", "")):
        (found,) = checked("a.json", text)

        assert (found["code"], found["line"], found["column"]) == ("KCH001", 1, 1)
        assert "comments" in found["message"]


@pytest.mark.parametrize(
    "text",
    [COMMENTED, COMMENTED.partition("\n")[2].replace("{", "{ /* first */ // then", 1), "/* a\n* b */ " + COMMENTED],
)
def test_comments_in_text_without_the_name_of_a_format_are_an_error_that_says_so(
    text: str, checked: Callable[..., list[dict[str, Any]]]
) -> None:
    (found,) = checked("pasted", text)

    assert found["code"] == "KCH001"
    assert "comments" in found["message"]


def test_documents_between_comments_are_checked_beside_the_one_error(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    found = checked("a.json", f"{COMMENTED}\n{COMMENTED}")

    assert [(each["code"], each["line"]) for each in found] == [("KCH001", 1), ("KCH103", 10), ("KCH103", 23)]


def test_json5_in_a_file_of_json_with_comments_is_one_error(checked: Callable[..., list[dict[str, Any]]]) -> None:
    (found,) = checked("a.jsonc", RELAXED)

    assert (found["code"], found["line"], found["column"]) == ("KCH001", 3, 3)
    assert "without quotes" in found["message"]


def test_comments_in_json_without_a_call_are_not_an_error_in_a_folder(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    assert checked("tsconfig.json", '// options\n{"compilerOptions": {},}\n', named=False) == []


def test_a_commented_document_that_is_broken_besides_is_one_error(
    checked: Callable[..., list[dict[str, Any]]],
) -> None:
    broken = COMMENTED.replace('"track",', '"track"')

    (found,) = checked("a.jsonc", broken)

    assert (found["code"], found["line"], found["column"]) == ("KCH001", 4, 3)


@pytest.mark.parametrize("text", [COMMENTED, RELAXED])
def test_no_id_is_shown_in_a_value_or_a_comment(text: str, tmp_path: Path, program: Callable[..., Ran]) -> None:
    path = tmp_path / "a.json5"
    path.write_text(text)

    shown = program("check", "--isolated", str(path)).out

    assert "KCH103" in shown
    assert "type" in shown
    for secret in ("jane.roe", "507f191e810c19729de860eb", "9CAF-44BC", "0075-442D"):
        assert secret not in shown
