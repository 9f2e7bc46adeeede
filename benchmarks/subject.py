"""segkoch-lint as the benchmarks run it, and what it counts, for comparison with what the peers count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.logs import Log
from benchmarks.measuring import Measured, ProcessPeaks, RunError, measure

_SCHEMA_RULE = re.compile(r"KCH\d{3}")

CONDITIONS = {
    "device type": {"KCH101", "KCH102", "KCH103"},
    "device id": {"KCH101", "KCH104"},
    "advertising id": {"KCH101", "KCH105", "KCH106", "KCH119"},
}
"""The conditions that jq and DuckDB state, and the rules that say the same; a call breaks one rule of a set at most."""

PAGE = "invalid by the page"
"""The count of calls that break what the Kochava page requires."""

_PAGE_RULES = {"KCH101", "KCH102", "KCH103", "KCH104", "KCH105", "KCH106", "KCH119"}
"""The rules that say together what `peers/kochava_page.json` does."""

_WITHOUT_CORE = """\
import sys
sys.modules["segkoch_lint_core"] = None
from segkoch_lint.__main__ import main
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """The program that is measured.

    Attributes:
        program: segkoch-lint's command.
        options: further options of `check`.
        arguments: what comes between the command and its own arguments.
    """

    program: Path
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    def without_core(self) -> Subject:
        """Return the same program on one core, with the native core hidden from it.

        Raises:
            RunError: there is no Python beside the program.
        """
        python = self.program.with_name("python")
        if not python.exists():
            raise RunError(f"there is no {python}, with which {self.program} would run without the native core")
        return Subject(python, (*self.options, "--jobs", "1"), ("-c", _WITHOUT_CORE))

    def command(self, form: str, *logs: Log) -> list[str | Path]:
        """Return the command that lints logs with the defaults and reports in a format."""
        paths = [log.path for log in logs]
        return [self.program, *self.arguments, "check", "--isolated", "--format", form, *self.options, *paths]

    def check(self, *logs: Log, watch: ProcessPeaks | None = None) -> Measured:
        """Run `check` with its defaults, its JSON report thrown away."""
        return measure(self.command("json", *logs), statuses=(0, 1), watch=watch)

    def write_text(self, *logs: Log) -> Measured:
        """Run `check` with a text report of all findings, which is thrown away."""
        return measure([*self.command("text", *logs), "--max-findings", "all"], statuses=(0, 1))

    def write_schema(self, path: Path) -> None:
        """Write the one schema of all rules."""
        measure((self.program, *self.arguments, "schema", "--isolated"), output=path)

    def version(self, scratch: Path) -> str:
        """Return what `--version` says, in one line."""
        measure((self.program, *self.arguments, "--version"), output=scratch)
        return "; ".join(scratch.read_text(encoding="utf-8").split("\n")).strip("; ")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What segkoch-lint says of a log.

    Attributes:
        calls: calls read.
        invalid_lines: numbers of the lines whose call the bundled schema rejects.
        page_lines: numbers of the lines whose call breaks what the Kochava page requires.
        rules: per rule code, its findings.
    """

    calls: int
    invalid_lines: frozenset[int]
    page_lines: frozenset[int]
    rules: Counter[str]

    def expected(self, calls: int) -> dict[str, int]:
        """Return what a peer must count that got the first so many calls; conditions are those of the whole log."""
        conditions = {name: sum(self.rules[code] for code in codes) for name, codes in CONDITIONS.items()}
        lines = {"invalid": self.invalid_lines, PAGE: self.page_lines}
        rejected = {name: sum(line <= calls for line in numbers) for name, numbers in lines.items()}
        return {"calls": calls, **rejected, **conditions}


def verdicts(subject: Subject, log: Log, schema: Path, scratch: Path) -> Verdicts:
    """Lint a log and count, call by call, what the bundled schema can say; logs here have a call a line."""
    measure(subject.command("json-lines", log), output=scratch, statuses=(0, 1))
    told = _rules_of(schema)
    lines: set[int] = set()
    page_lines: set[int] = set()
    rules: Counter[str] = Counter()
    calls = 0
    with scratch.open(encoding="utf-8") as findings:
        for finding in map(json.loads, findings):
            if "summary" in finding:
                calls = finding["summary"]["calls"]
                continue
            rules[finding["code"]] += 1
            if finding["code"] in told:
                lines.add(finding["line"])
            if finding["code"] in _PAGE_RULES:
                page_lines.add(finding["line"])
    return Verdicts(calls, frozenset(lines), frozenset(page_lines), rules)


def _rules_of(schema: Path) -> set[str]:
    """Return the rules that a bundled schema says it holds."""
    return set(_SCHEMA_RULE.findall(json.loads(schema.read_bytes())["description"]))


def disagreements(name: str, counted: dict[str, int], expected: dict[str, int], compared: Sequence[str]) -> list[str]:
    """Return a sentence for each of the *compared* figures that a peer counts otherwise than segkoch-lint."""
    return [
        f"{name} counts {counted.get(what, 0):,} for {what}, segkoch-lint {expected[what]:,}"
        for what in compared
        if counted.get(what, 0) != expected[what]
    ]
