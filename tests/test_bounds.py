"""Time and memory stay in step with the input: what is too much has a finding of its own."""

from __future__ import annotations

import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.lines import read_lines
from segkoch_lint.findings.finding import Finding
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.linter import Linter

BAD = b'{"type":"track","event":"x","userId":"u"}'
MEMORY = 150 << 20

MEASURED = (
    "import sys\n"
    "from segkoch_lint.cli.entry import run\n"
    "run(['check', '--isolated', '-q', '-j', '1', *sys.argv[1:]])\n"
    "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
)


def memory_of(*arguments: str) -> int:
    """Return the most bytes of memory that a run took."""
    ran = subprocess.run([sys.executable, "-c", MEASURED, *arguments], stdout=subprocess.PIPE, check=True)
    return int(ran.stdout.split()[-2]) << 10


def run(content: bytes, name: str, folder: Path, settings: Settings | None = None) -> tuple[list[Finding], Linter]:
    file = folder / name
    file.write_bytes(content)
    linter = Linter(settings)
    return list(linter.paths([str(file)])), linter


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \t\n"])
def test_empty_lines_cost_next_to_nothing(blank: bytes, tmp_path: Path) -> None:
    found, linter = run(blank * (8 << 20) + BAD + b"\n", "log.ndjson", tmp_path)
    assert [each.location.span.line for each in found if each.location.span] == [(8 << 20) + 1]
    assert linter.summary.calls == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells how much memory a process took")
def test_64_mib_of_empty_lines_take_no_more_memory_than_any_log(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_bytes(b"\n" * (64 << 20))
    assert memory_of(str(file), "--allow-empty") < MEMORY


def test_empty_lines_among_others_do_not_shift_places(tmp_path: Path) -> None:
    found, linter = run((b"\n" * 50_000 + BAD + b"\r\n") * 3, "log.ndjson", tmp_path)
    assert [each.location.span.line for each in found if each.location.span] == [50_001, 100_002, 150_003]
    assert linter.summary.calls == 3


def test_lists_and_batches_with_nothing_in_them_are_counted(tmp_path: Path) -> None:
    content = b'[]\n{"batch":[]}\n' * 500 + BAD + b'\n{"batch": [], "sentAt": ""}\n'
    found, linter = run(content, "log.ndjson", tmp_path)
    assert [each.code for each in found] == ["KCH101"]
    assert dict(linter.summary.not_calls) == {"empty list or batch": 1001}
    assert linter.summary.calls == 1


@pytest.mark.parametrize("name", ["log.ndjson", "call.json"])
@pytest.mark.parametrize("text", [b'"' * 200_000, b'""' * 3 + b"7", b"1" + b'"x"' * 50_000])
def test_scalars_without_anything_between_are_one_broken_document(name: str, text: bytes, tmp_path: Path) -> None:
    found, linter = run(text, name, tmp_path)
    assert [each.code for each in found] == ["KCH001"]
    assert linter.summary.malformed == 1


FEW = Settings(limits=Limits(values=1000, line_bytes=1 << 20))


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("list.json", lambda n: b"[" + b",".join([b"1"] * n) + b"]"),
        ("lines.ndjson", lambda n: b"{}\n[" + b",".join([b"1"] * n) + b"]\n{}\n"),
        ("objects.json", lambda n: b'[\n{"userId":"' + b"," * 5000 + b'"},' + b",".join([b"{}"] * n) + b"\n]"),
    ],
)
def test_a_document_with_too_many_values_is_a_finding_that_names_the_limit(
    name: str, made: Callable[[int], bytes], tmp_path: Path
) -> None:
    found, linter = run(made(1100), name, tmp_path, FEW)
    assert [each.message for each in found if each.code == "KCH001"] == [
        each.message for each in found if "more than 1,000 values (limits.values)" in each.message
    ]
    assert linter.summary.malformed == 1
    assert run(made(900), name, tmp_path, FEW)[1].summary.malformed == 0


def test_in_yaml_the_limit_is_a_tenth(tmp_path: Path) -> None:
    settings = Settings(limits=Limits(values=10_000))
    found, _ = run(b"userId: u\n" + b"- 1\n" * 0 + b"list:\n" + b"- 1\n" * 2500, "a.yaml", tmp_path, settings)
    assert "more than 1,000 values (a tenth of limits.values)" in found[0].message
    assert run(b"list:\n" + b"- 1\n" * 900, "a.yaml", tmp_path, settings)[1].summary.malformed == 0


def test_of_very_many_values_that_are_no_calls_the_first_are_told_and_all_counted(tmp_path: Path) -> None:
    found, linter = run(b"[" + BAD + b",1" * 30_000 + b"]", "list.json", tmp_path)
    assert [each.code for each in found].count("KCH002") == 10_000
    assert linter.summary.not_calls.total() == 30_000
    assert linter.summary.adds_up()


def test_when_very_many_documents_of_a_text_are_broken_the_rest_is_said_to_be_unread(tmp_path: Path) -> None:
    content = b"[\n1\n]\n" + b'{"userId":"u",}\n' * 100_000
    found, linter = run(content, "calls.json", tmp_path)
    broken = [each for each in found if each.code == "KCH001"]
    assert 10 < len(broken) < 1000
    assert broken[-1].message.endswith("the rest of the text was not read")
    assert linter.summary.malformed == len(broken)


def test_a_line_of_many_objects_is_not_held_when_it_is_done_with() -> None:
    alive: weakref.WeakSet[JsonDocument] = weakref.WeakSet()
    most = 0
    for document in read_lines([b"{}" * 2000 + b"\n"], Limits()):
        assert isinstance(document, JsonDocument)
        alive.add(document)
        most = max(most, len(alive))
        del document
    assert most <= 2
