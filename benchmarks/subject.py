"""segkoch-lint as the benchmarks run it, and what it counts, for comparison with what the peers count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.logs import Log
from benchmarks.measuring import Measured, ProcessPeaks, measure

_SCHEMA_RULE = re.compile(r"KCH\d{3}")

CONDITIONS = {
    "device type": {"KCH101", "KCH102", "KCH103"},
    "device id": {"KCH101", "KCH104"},
    "advertising id": {"KCH101", "KCH105", "KCH106", "KCH119"},
}
"""The conditions that jq and DuckDB state, and the rules that say the same; a call breaks one rule of a set at most."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The program that is measured.

    Attributes:
        program: segkoch-lint's command.
        options: further options of `check`.
    """

    program: Path
    options: tuple[str, ...] = ()

    def command(self, log: Log, form: str) -> list[str | Path]:
        """Return the command that lints a log with the defaults and reports in a format."""
        return [self.program, "check", "--isolated", "--format", form, *self.options, log.path]

    def check(self, log: Log, *, watch: ProcessPeaks | None = None) -> Measured:
        """Run `check` with its defaults, its JSON report thrown away."""
        return measure(self.command(log, "json"), statuses=(0, 1), watch=watch)

    def write_schema(self, path: Path) -> None:
        """Write the one schema of all rules."""
        measure((self.program, "schema", "--isolated"), output=path)

    def version(self, scratch: Path) -> str:
        """Return what `--version` says."""
        measure((self.program, "--version"), output=scratch)
        return scratch.read_text(encoding="utf-8").strip()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What segkoch-lint says of a log.

    Attributes:
        calls: calls read.
        invalid_lines: numbers of the lines whose call the bundled schema rejects.
        rules: per rule code, its findings.
    """

    calls: int
    invalid_lines: frozenset[int]
    rules: Counter[str]

    def expected(self, calls: int) -> dict[str, int]:
        """Return what a peer must count that got the first so many calls; conditions are those of the whole log."""
        conditions = {name: sum(self.rules[code] for code in codes) for name, codes in CONDITIONS.items()}
        return {"calls": calls, "invalid": sum(line <= calls for line in self.invalid_lines), **conditions}


def verdicts(subject: Subject, log: Log, schema: Path, scratch: Path) -> Verdicts:
    """Lint a log and count, call by call, what the bundled schema can say; logs here have a call a line."""
    measure(subject.command(log, "json-lines"), output=scratch, statuses=(0, 1))
    told = _rules_of(schema)
    lines: set[int] = set()
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
    return Verdicts(calls, frozenset(lines), rules)


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
