"""Bodies that curl commands post, and their places in the script."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from segkoch_lint.documents.detection import TextFormat, detect_format
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.shell_commands import read_commands
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import open_bytes

URL = "https://api.segment.io/v1/track"
CALL = {"userId": "user-4711", "event": 'it\'s "5" $x `a` \\ \u00e9\n', "messageId": "m-1"}


def read(script: str) -> list[Any]:
    """Return the requests of the commands, and what is wrong with others."""
    found = read_commands(script.encode(), Limits())
    return [each.document.value["curl"] if isinstance(each, Embedded) else each for each in found]


def single_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def double_quoted(text: str) -> str:
    escaped = text
    for character in '\\"$`':
        escaped = escaped.replace(character, "\\" + character)
    return f'"{escaped}"'


def ansi_quoted(text: str) -> str:
    return "$'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("e", "\\x65") + "'"


def escaped(text: str) -> str:
    return "".join("'\n'" if each == "\n" else "\\" + each for each in text)


QUOTINGS = [single_quoted, double_quoted, ansi_quoted, escaped]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@given(st.lists(st.tuples(st.sampled_from(QUOTINGS), st.integers(0, 30)), max_size=6))
@settings(max_examples=40)
def test_a_body_is_what_bash_would_post(parts: list[tuple[Any, int]]) -> None:
    text = json.dumps(CALL, ensure_ascii=False)
    word, at = "", 0
    for quote, length in parts:
        word, at = word + quote(text[at : at + length]), at + length
    word += single_quoted(text[at:])
    posted = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True, text=True).stdout

    (request,) = read(f"curl -d {word} {URL}")

    assert posted == text
    assert request == {"method": "POST", "url": URL, "body": CALL}


@pytest.mark.parametrize("quote", QUOTINGS)
def test_a_value_is_found_where_it_is_in_the_script(quote: Any) -> None:
    script = f"#!/bin/sh\n# two\ncurl {URL} \\\n  --data-raw {quote(json.dumps({'userId': 'A1', 'event': 5}))}\n"

    (found,) = read_commands(script.encode(), Limits())

    assert isinstance(found, Embedded)
    spans = found.document.locate([("curl", "body", "userId"), ("curl", "body", "event")])
    line = script.split("\n")[3]
    user = spans["curl", "body", "userId"]
    assert (user.line, spans["curl", "body", "event"].line) == (4, 4)
    assert line[user.column - 1 : user.end_column - 1].replace("\\", "") == '"A1"'
    assert line[spans["curl", "body", "event"].column - 1 :].lstrip("\\").startswith("5")


@pytest.mark.parametrize(
    "command",
    [
        "curl -X PUT {url} -d {body}",
        "curl --request put --data {body} {url}",
        "curl -sS -X PUT -H 'Content-Type: application/json' -u 'made-up:' --data-binary {body} '{url}'",
        "if true; then KEY=x curl \\\n  -XPUT \\\r\n -X PUT {url} \\\n --json {body}; fi",
        'out=$(curl -X PUT -d{body} {url}) && echo "$out"',
        'echo a | curl -X PUT --data-ascii {body} "{url}" | jq .',
        "`curl -X PUT --data-raw {body} {url}`",
    ],
)
def test_every_way_to_write_a_command_is_read(command: str) -> None:
    script = command.replace("{url}", URL).replace("{body}", single_quoted(json.dumps(CALL)))

    assert read(f"{script}\n") == [{"method": "PUT", "url": URL, "body": CALL}]


@pytest.mark.parametrize(
    "script",
    [
        "curl -d @- {url} <<'EOF'\n{body}\nEOF\n",
        "curl {url} \\\n  --data-binary @- <<-EOF | jq .\n\t{escaped}\n\tEOF\n",
        'cat << "END" | curl -d @- {url}\n{body}\nEND\necho done\n',
    ],
)
def test_a_here_document_is_read_as_the_body(script: str) -> None:
    body = json.dumps(CALL)
    escaped_body = body.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`")
    text = script.replace("{url}", URL).replace("{body}", body).replace("{escaped}", escaped_body)

    assert read(text) == [{"method": "POST", "url": URL, "body": CALL}]


def test_a_here_document_has_its_places_in_the_script() -> None:
    script = f'curl -d @- {URL} <<EOF\n{{\n  "userId": "u-1"\n}}\nEOF\n'

    (found,) = read_commands(script.encode(), Limits())

    assert isinstance(found, Embedded)
    assert found.document.locate([("curl", "body", "userId")]) == {("curl", "body", "userId"): Span(3, 13, 3, 18)}


def test_several_commands_and_bodies_are_read_in_their_order() -> None:
    script = "".join(f"curl -d '{json.dumps({'userId': str(number)})}' {URL}\n" for number in range(3))

    assert [each["body"]["userId"] for each in read(script)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "script",
    [
        f"curl {URL}",
        f"curl -d @call.json {URL}",
        f"curl -d @- {URL}",
        f'curl -d @- {URL} <<EOF\n{{"userId": 1}}\n',
        f"curl -d 'a=b&c=d' {URL}",
        f'curl -d "$BODY" {URL}',
        "curl -d '{\"a\": 1}' https://api.example.com/orders",
        'curly -d \'{"userId": "u"}\'',
        "echo 'curl'",
        "curl",
        "curl -d",
    ],
)
def test_what_posts_no_call_is_passed_over(script: str) -> None:
    assert read(script) == []


def test_a_broken_body_is_one_error_at_its_place() -> None:
    line = """  "event": "it'"'"'s","""

    (found,) = read(f'curl {URL} \\\n -d \'{{\n  "userId": "u",\n{line}\n}}\'\n')

    assert isinstance(found, ParseError)
    assert "trailing comma" in found.message
    assert found.span == Span(4, len(line), 4, len(line) + 1)


@pytest.mark.parametrize("quote", ["'", '"', "$'"])
def test_a_quote_that_is_not_closed_ends_its_command(quote: str) -> None:
    good = f"curl -d '{json.dumps({'userId': 'u'})}' {URL}\n"

    assert len(read(f"{good}curl -d {quote}never closed\n")) == 1


def test_only_the_first_word_for_the_input_stands_for_it() -> None:
    (found,) = read(f"curl -d @- -d @- {URL} <<'EOF'\n{json.dumps(CALL)}\nEOF\n")

    assert found["body"] == CALL


def test_the_second_command_of_a_line_reads_the_here_document_after_it() -> None:
    (found,) = read(f"curl -d @- {URL}; curl -d @- {URL} <<'EOF'\n{json.dumps(CALL)}\nEOF\n")

    assert found["body"] == CALL


def test_a_line_of_many_commands_is_searched_once_for_here_documents() -> None:
    assert read("curl -d @- -d @-;" * 20_000) == []  # or this takes minutes


def test_here_documents_that_are_not_closed_are_not_looked_for_without_end() -> None:
    assert read("".join(f"curl -d @- <<E{number}\n" for number in range(20_000))) == []  # or this takes minutes


@pytest.mark.parametrize(
    "unit", ["curl 'x\n", 'curl "x\n', "curl $'x\n", "curl -d \\\n", "curl ", "'a'", "curl -d @- <<E\n"]
)
def test_repeated_fragments_are_read_once(unit: str) -> None:
    read(f"curl {unit * (100_000 // len(unit))}")  # what is not linear takes minutes


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        (f"#!/bin/sh\ncurl -d '{json.dumps(CALL)}' {URL}\n", TextFormat.COMMANDS),
        (f"Post it:\n\n    curl -d '{json.dumps(CALL)}' {URL}\n", TextFormat.COMMANDS),
        (f"curl {URL}\n", TextFormat.FOREIGN),
    ],
)
def test_a_script_is_recognised_by_a_body_with_signs_of_a_call(text: str, format_: TextFormat) -> None:
    assert detect_format(open_bytes(text.encode()), name="a.sh", limits=Limits()) is format_
