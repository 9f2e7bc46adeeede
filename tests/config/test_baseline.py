"""Baselines: what is new, what is gone, and what is in the file."""

from __future__ import annotations

import json
import string
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint import resources
from segkoch_lint.config import baseline
from segkoch_lint.config.applied_rules import AppliedRules
from segkoch_lint.config.baseline import Baseline, BaselineMatcher, BaselineUse, Entry, Mode, counted
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret

KEY = "0123456789abcdef" * 2
CODES = ["KCH103", "KCH104", "KCH201"]
RULES = AppliedRules(frozenset(CODES), frozenset(["KCH201"]))

Found = tuple[str, str, str, str]
"""The path, rule, pointer and content of a finding."""


def finding(path: str, rule: str, pointer: str | Secret, line: int = 1) -> Finding:
    return Finding(rule, "n", Severity.ERROR, "m", Location.of(path, Span(line, 1, line, 2), pointer))


def matched(
    file: Path, found: list[Found], mode: Mode = "apply", line: int = 1, clean: Iterable[str] = ()
) -> tuple[BaselineMatcher, list[bool]]:
    matcher = BaselineMatcher(BaselineUse(file, mode))
    for path in sorted({*clean, *(each[0] for each in found)}):
        matcher.begin(path, claimed=True)
    return matcher, [matcher.holds(finding(*each[:3], line), each[3]) for each in found]


def written(file: Path, found: list[Found], mode: Mode = "write") -> Baseline:
    updated, _ = matched(file, found, mode)[0].update(RULES)
    file.write_text(updated.text())
    return updated


FOUND: st.SearchStrategy[Found] = st.tuples(
    st.sampled_from(["a.json", "sub/b.json", "-", "s3://bucket/c.json"]),
    st.sampled_from(CODES),
    st.sampled_from(["/context", "/0/context", "/1/context", ""]),
    st.sampled_from(["", '"x"', '"y"', "null"]),
)
LISTS = st.lists(FOUND, max_size=12)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baselines") / "baseline.json"


@given(LISTS, st.randoms(use_true_random=False), st.integers(1, 99))
def test_what_was_written_is_not_new_in_any_order_and_on_any_line(
    file: Path, found: list[Found], random: Any, line: int
) -> None:
    file.unlink(missing_ok=True)
    written(file, found)
    shuffled = random.sample(found, len(found))
    matcher, held = matched(file, shuffled, line=line)
    assert all(held)
    assert not matcher.gone(RULES)


@given(LISTS, FOUND)
def test_one_more_finding_is_always_new(file: Path, found: list[Found], new: Found) -> None:
    file.unlink(missing_ok=True)
    written(file, found)
    held = matched(file, [*found, new])[1]
    assert held.count(False) == 1
    same = [each for each in found if each[:2] == new[:2]]
    assert held[-1] is False or same


@given(LISTS, st.lists(FOUND, max_size=4), st.data())
def test_update_removes_what_is_gone_and_adds_only_what_is_accepted(
    file: Path, found: list[Found], new: list[Found], data: st.DataObject
) -> None:
    file.unlink(missing_ok=True)
    before = written(file, found)
    kept = [each for each in found if data.draw(st.booleans())]
    matcher, held = matched(file, [*kept, *new], "update", clean=[each[0] for each in found])
    updated, change = matcher.update(RULES)
    assert updated.counts <= before.counts
    assert updated.counts.total() == sum(held) == change.kept
    assert change.removed == before.counts.total() - change.kept
    assert (change.added, change.not_added) == (0, held.count(False))
    accepted = written(file, [*kept, *new], "accept")
    assert all(matched(file, [*kept, *new])[1])
    assert accepted.counts >= updated.counts
    assert accepted.key == before.key


@given(LISTS)
def test_the_file_fits_its_schema_and_holds_what_was_found(file: Path, found: list[Found]) -> None:
    file.unlink(missing_ok=True)
    made = written(file, found)
    jsonschema.validate(json.loads(made.text()), resources.load("baseline"))
    assert Baseline.load(file) == made
    assert made.counts.total() == len(found)
    assert len(made.text().splitlines()) == (len(made.counts) + 6 if found else 6) + bool(found)


def test_the_file_is_a_line_an_entry_in_order() -> None:
    counts = Counter({Entry("b.json", "KCH104", "/é", ""): 2, Entry("a.json", "KCH103", "/x/*", "1f3"): 1})
    assert Baseline(KEY, counts).text() == (
        '{\n  "tool": "segkoch-lint baseline",\n  "version": 1,\n  "key": "0123456789abcdef0123456789abcdef",\n'
        '  "findings": [\n'
        '    {"path": "a.json", "rule": "KCH103", "pointer": "/x/*", "value": "1f3", "count": 1},\n'
        '    {"path": "b.json", "rule": "KCH104", "pointer": "/\\u00e9", "value": "", "count": 2}\n'
        "  ]\n}\n"
    )


def test_no_value_and_no_key_that_is_personal_data_is_in_the_file(file: Path) -> None:
    file.unlink(missing_ok=True)
    matcher = BaselineMatcher(BaselineUse(file, "write"))
    masked = Secret("/traits/ann@example.com", "/traits/…@…")
    matcher.holds(finding("a.json", "KCH103", masked), '"secret-4711"')
    text = matcher.update(RULES)[0].text()
    assert "secret" not in text
    assert "ann" not in text
    assert json.loads(text)["findings"][0]["pointer"] == "/traits/…@…"


def test_many_values_have_the_same_digits_and_keys_make_others() -> None:
    values = [f'"user-{number}"' for number in range(20_000)]
    one, other = Baseline(KEY), Baseline(KEY[::-1])
    digits = Counter(one.digits("KCH310", "/userId", value) for value in values)
    assert set("".join(digits)) <= set(string.hexdigits)
    assert 3_900 < len(digits) <= 4_096
    assert min(digits.values()) < 5 < max(digits.values()) < 30
    assert sum(one.digits("r", "/p", each) == other.digits("r", "/p", each) for each in values) < 30
    assert one.digits("KCH310", "/userId", values[0]) != one.digits("KCH104", "/userId", values[0])


def test_paths_are_relative_to_the_folder_of_the_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "baselines").mkdir()
    file = tmp_path / "baselines" / "b.json"
    monkeypatch.chdir(tmp_path)
    written(Path("baselines/b.json"), [("events/a.json", "KCH104", "/x", "")])
    assert [entry.path for entry in Baseline.load(file).counts] == ["../events/a.json"]
    monkeypatch.chdir(tmp_path / "events")
    assert matched(Path("../baselines/b.json"), [("a.json", "KCH104", "/x", "")])[1] == [True]


def test_only_what_a_run_could_see_is_gone(tmp_path: Path) -> None:
    code = frozenset(["KCH104"])
    one, of_all, of_inputs = AppliedRules(code), AppliedRules(code, code), AppliedRules(code, frozenset(), code)
    for name in ("read.json", "other.json"):
        (tmp_path / name).write_text("{}")
    names = ("read.json", "other.json", "deleted.json", "-", "s3://bucket/x")
    file = tmp_path / "b.json"
    written(file, [(str(tmp_path / name) if ".json" in name else name, "KCH104", "/x", "") for name in names])
    matcher = BaselineMatcher(BaselineUse(file))
    matcher.begin(str(tmp_path / "read.json"), claimed=False)
    assert {entry.path for entry in matcher.gone(one)} == {"read.json", "deleted.json"}
    assert not matcher.gone(AppliedRules(frozenset(["KCH103"])))
    assert not matcher.gone(of_all)
    assert {entry.path for entry in matcher.gone(of_inputs)} == {"deleted.json"}
    assert not matcher.gone(of_all.of_single_inputs())
    for name in ("-", "s3://bucket/x", str(tmp_path / "other.json")):
        matcher.begin(name, claimed=False)
    assert len(matcher.gone(of_all)) == 5


def test_nothing_is_gone_from_a_file_with_new_broken_text(file: Path) -> None:
    file.unlink(missing_ok=True)
    broken, old = ("a.json", "KCH001", "", "x"), ("a.json", "KCH104", "/x", "")
    written(file, [old])
    matcher, _ = matched(file, [broken], "update")
    assert not matcher.gone(RULES)
    assert matcher.update(RULES)[1] == (1, 0, 0, 1)
    matcher.begin("a.json", claimed=True)  # it is repaired
    assert matcher.gone(RULES).total() == 1
    written(file, [broken, old])
    assert matched(file, [broken])[0].gone(RULES).total() == 1  # a line that is accepted as broken


def test_an_input_that_is_read_again_is_looked_at_anew(file: Path) -> None:
    file.unlink(missing_ok=True)
    found = ("a.json", "KCH104", "/x", "")
    written(file, [found, ("b.json", "KCH104", "/x", "")])
    matcher, held = matched(file, [found, found])
    matcher.begin("a.json", claimed=True)
    assert [*held, matcher.holds(finding(*found[:3]), ""), matcher.holds(finding(*found[:3]), "")] == [True, False] * 2


def test_more_entries_than_a_baseline_may_have_are_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.unlink(missing_ok=True)
    monkeypatch.setattr(baseline, "MOST_ENTRIES", 2)
    found = [("a.json", "KCH104", f"/x{number}", "") for number in range(3)]
    assert matched(file, found[:2] * 2, "write")[0].update(RULES)[0].counts.total() == 4
    with pytest.raises(UsageError, match="over 2 different findings are too many for a baseline"):
        matched(file, found, "write")[0].update(RULES)


def test_a_path_of_bytes_that_are_no_text_is_kept(file: Path) -> None:
    file.unlink(missing_ok=True)
    found = [("\udcff.json", "KCH104", "/x", "")]
    written(file, found)
    assert matched(file, found)[1] == [True]


GOOD = {"path": "a.json", "rule": "KCH104", "pointer": "/x", "value": "", "count": 1}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"version": 2}, "the baseline is of version 2, and this program reads version 1."),
        ({"version": 2, "findings": {}, "more": 1}, "the baseline is of version 2"),
        ({"tool": "other"}, "not a baseline, or a damaged one"),
        ({"key": "short"}, "not a baseline, or a damaged one"),
        ({"findings": [{**GOOD, "count": 0}]}, "not a baseline, or a damaged one"),
        ({"findings": [{**GOOD, "value": "xyz"}]}, "not a baseline, or a damaged one"),
        ({"findings": [{**GOOD, "more": 1}]}, "not a baseline, or a damaged one"),
        ({"findings": [GOOD, GOOD]}, "the baseline is damaged: it has an entry twice."),
        ({"findings": [GOOD, {**GOOD, "count": 2}]}, "the baseline is damaged: it has an entry twice."),
    ],
)
def test_a_damaged_or_newer_baseline_is_an_error(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    file = tmp_path / "b.json"
    file.write_text(json.dumps({**json.loads(Baseline(KEY).text()), **changes}))
    for mode in ("apply", "update", "accept", "write"):
        with pytest.raises(UsageError) as error:
            BaselineMatcher(BaselineUse(file, mode))
        assert str(error.value).startswith(f"{file}: {problem}")


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"<<<<<<< HEAD\n", b'{"tool": "segkoch-lint baseline"', b"[]", b"null", b"[" * 10**5]
)
def test_a_file_that_is_no_baseline_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "b.json"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="not a baseline, or a damaged one"):
        Baseline.load(file)
    with pytest.raises(UsageError, match="there is no such baseline"):
        Baseline.load(tmp_path / "missing.json")
    with pytest.raises(UsageError, match="cannot be read"):
        Baseline.load(tmp_path)


def test_the_error_about_another_file_masks_ids(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    for content in ({"tool": "jane@shop.example"}, {**json.loads(Baseline().text()), "jane@shop.example": 1}):
        file.write_text(json.dumps(content))
        with pytest.raises(UsageError, match="not a baseline") as error:
            Baseline.load(file)
        assert "jane" not in str(error.value)


def test_findings_are_counted_by_rule_and_by_file() -> None:
    entries = Counter({Entry("a", "R1", "/x", ""): 2, Entry("a", "R2", "/x", ""): 1, Entry("b", "R1", "/x", ""): 4})
    assert list(counted(entries.items(), "rule")) == [("R1", 6, 2), ("R2", 1, 1)]
    assert list(counted(entries.items(), "path")) == [("a", 3, 2), ("b", 4, 1)]
