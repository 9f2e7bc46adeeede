"""Envelope files of the user: checked when they are loaded, with errors that say what is allowed."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Settings
from segkoch_lint.config.file import load_settings
from segkoch_lint.envelopes.loader import built_in, load_envelopes
from segkoch_lint.errors import UsageError
from segkoch_lint.linter import Linter
from tests.conftest import Ran
from tests.envelopes.captures import call, wrong_call

CALL = {"type": "track", "event": "Order Completed", "userId": "user-4711"}


def envelope(**members: Any) -> dict[str, Any]:
    described = {
        "$schema": "urn:segkoch-lint:envelope",
        "title": "shop-queue",
        "description": "Entries of the queue of a shop.",
        "noun": "entry of the shop queue",
        "recognise": {"type": "object", "required": ["shop", "segment"]},
        "calls": [{"at": "/segment"}],
        "source": ["https://wiki.example.com/queue"],
        "examples": [{"document": {"shop": 1, "segment": CALL}, "calls": ["/segment"]}],
        **members,
    }
    return {key: value for key, value in described.items() if value is not None}


def save(folder: Path, described: Mapping[str, Any], name: str = "shop-queue") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(described))
    return folder


def test_the_envelopes_of_the_user_come_before_the_built_in_ones(tmp_path: Path) -> None:
    described = envelope(
        recognise={"type": "object", "required": ["payload"]},
        calls=[{"at": "/payload/inner"}],
        examples=[{"document": {"payload": {"inner": CALL}}, "calls": ["/payload/inner"]}],
    )
    linter = Linter(Settings(envelopes=(save(tmp_path / "own", described),)))

    (finding,) = linter.bytes(json.dumps({"payload": {"inner": wrong_call()}}).encode(), "x.json")

    assert finding.location.pointer == "/payload/inner/context/device/type"
    assert load_envelopes([tmp_path / "own"])[0].title == "shop-queue"


def test_the_envelopes_of_the_user_are_opened_in_folders_whatever_their_text_shows(tmp_path: Path) -> None:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packing.compress(json.dumps(wrong_call()).encode()) + packing.flush()
    data = base64.b64encode(packed).decode()
    described = envelope(
        calls=[{"at": "/segment", "encodings": [["base64", "deflate", "json"]]}],
        examples=[{"document": {"shop": 1, "segment": data}, "calls": ["/segment"]}],
    )
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "x.json").write_text(json.dumps({"shop": 1, "segment": data}))
    linter = Linter(Settings(envelopes=(save(tmp_path / "own", described),)))

    (finding,) = linter.paths([str(tmp_path / "dump")])

    assert finding.location.pointer == "/segment → /context/device/type"


def test_of_the_built_in_ones_the_one_that_asks_for_most_comes_first() -> None:
    asked = [len(each.required) for each in built_in()]
    assert asked == sorted(asked, reverse=True)


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"noun": None}, 'the file lacks "noun".'),
        ({"extra": 1}, 'unknown key "extra".'),
        ({"calls": [{"at": "segment"}]}, "/calls/0/at is"),
        ({"calls": [{"at": "/segment", "encodings": [["bas64"]]}]}, "/calls/0/encodings/0/0 is"),
        ({"calls": [{"at": "/segment", "request": {"method": "/m"}}]}, "/calls/0/request is"),
        ({"recognise": {"type": "string"}}, "/recognise/type is"),
        ({"recognise": {"type": "object"}}, '/recognise lacks "required".'),
        ({"recognise": {"type": "object", "required": ["shop"], "anyOf": 3}}, "/recognise cannot be used"),
        ({"calls": [{"at": "/other"}]}, "examples[0]: calls are expected at /segment, and are found at nowhere."),
        ({"recognise": {"type": "object", "required": ["no"]}}, "examples[0] is not recognised as this envelope."),
        (
            {"counterexamples": [{"document": {"shop": 1, "segment": 2}}]},
            "counterexamples[0] is recognised as this envelope.",
        ),
        ({"title": "sqs"}, "/title is sqs, the name of a built-in envelope."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_the_file_and_the_place(
    members: Mapping[str, Any], problem: str, tmp_path: Path
) -> None:
    folder = save(tmp_path / "own", envelope(**members))

    with pytest.raises(UsageError) as error:
        Linter(Settings(envelopes=(folder,)))

    assert str(folder / "shop-queue.json") in error.value.message
    assert problem in error.value.message
    assert error.value.hint


def test_two_files_with_one_name_are_both_named(tmp_path: Path) -> None:
    save(tmp_path / "own", envelope(), "a")
    folder = save(tmp_path / "own", envelope(), "b")

    with pytest.raises(UsageError, match=r"b\.json: /title is shop-queue, the name of .*a\.json"):
        load_envelopes([folder])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", ":1:2: not a readable JSON file"),
        ("[1]", "not an envelope file"),
        ('{"rule": {}}', "not an envelope file"),
    ],
)
def test_a_file_that_is_something_else_is_an_error(content: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(content)

    with pytest.raises(UsageError, match=problem):
        load_envelopes([tmp_path])


def test_a_folder_that_is_none_or_empty_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path, tmp_path / "file", tmp_path / "none"):
        with pytest.raises(UsageError, match=str(folder)):
            load_envelopes([folder])


def test_the_command_ends_with_2_and_reads_nothing(tmp_path: Path, program: Callable[..., Ran]) -> None:
    folder = save(tmp_path / "own", envelope(noun=None))
    (tmp_path / "x.json").write_text(json.dumps(call()))

    ran = program("check", "--isolated", "--envelopes", str(folder), str(tmp_path / "x.json"))

    assert ran.status == 2
    assert "shop-queue.json" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("pointer", ["segment", "", "/a~b"])
def test_a_pointer_that_is_none_is_an_error(pointer: str, program: Callable[..., Ran]) -> None:
    ran = program("check", "--isolated", "--at", pointer, ".")

    assert ran.status == 2
    assert "is not a JSON Pointer" in ran.err


def test_the_configuration_names_folders_relative_to_itself_and_hosts(tmp_path: Path) -> None:
    save(tmp_path / "own", envelope())
    file = tmp_path / "segkoch-lint.toml"
    file.write_text('envelopes = ["own"]\ncapture-hosts = [".example.com"]\n')

    settings = load_settings(file)

    assert settings.envelopes == (tmp_path / "own",)
    assert settings.capture_hosts == (".example.com",)
