from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.reporting.occurrences import Occurrence, Occurrences


def finding(code: str = "KCH103", path: str = "a.json", line: int = 1, **others: Any) -> Finding:
    location = Location(path, Span(line, 1, line, 2), others.pop("pointer", "/context"))
    severity = others.pop("severity", Severity.ERROR)
    return Finding(code, "invalid-device-type", severity, others.pop("message", "m"), location, **others)


def collected(*findings: Finding, most: int = 5000, log: str = "") -> list[Occurrence]:
    occurrences = Occurrences(lambda path: path == log, most=most)
    for each in findings:
        occurrences.add(each)
    return occurrences.all()


def fingerprints(*findings: Finding) -> list[str]:
    return [each.fingerprint for each in collected(*findings)]


FINDINGS = st.lists(
    st.builds(
        finding,
        code=st.sampled_from(["KCH101", "KCH103", "KCH106"]),
        path=st.sampled_from(["a.json", "b.json", "logs/c.ndjson", "logs/d.ndjson"]),
        line=st.integers(1, 50),
        pointer=st.sampled_from(["/context", "/3/context"]),
        message=st.sampled_from(["m", "n"]),
        severity=st.sampled_from(list(Severity)),
    ),
    max_size=40,
)


@given(FINDINGS, st.integers(1, 20))
def test_every_finding_is_counted_once_and_fingerprints_differ(findings: list[Finding], most: int) -> None:
    found = collected(*findings, most=most, log="logs/c.ndjson")
    assert sum(each.count for each in found) == len(findings)
    assert len({each.fingerprint for each in found}) == len(found)
    assert {each.finding.code for each in found} == {each.code for each in findings}
    assert len(found) <= 2 * most + 3
    assert all(each.places[0] == each.finding.location for each in found)


@given(FINDINGS, st.integers(1, 1000), st.sampled_from(list(Severity)))
def test_fingerprints_survive_moved_lines_and_another_severity(
    findings: list[Finding], down: int, severity: Severity
) -> None:
    def moved(each: Finding) -> Finding:
        span = each.location.span
        assert span is not None
        place = msgspec.structs.replace(
            each.location,
            span=Span(span.line + down, 5, span.end_line + down, 9),
            pointer=each.location.pointer.replace("/3/", f"/{3 + down}/"),
        )
        return msgspec.structs.replace(each, location=place, severity=severity)

    assert fingerprints(*map(moved, findings)) == fingerprints(*findings)


def test_a_new_finding_above_leaves_the_fingerprints_of_others() -> None:
    old = [finding(message="m"), finding(message="n")]
    assert fingerprints(finding(message="new"), *old)[1:] == fingerprints(*old)


def test_fingerprints_depend_on_the_rule_the_path_the_pointer_the_message_and_the_event() -> None:
    others = [
        finding(),
        finding(code="KCH104"),
        finding(path="b.json"),
        finding(pointer="/context/device"),
        finding(message="n"),
        finding(properties={"event": "Order Completed"}),
    ]
    assert len({fingerprints(each)[0] for each in others}) == len(others)


def test_a_fingerprint_does_not_depend_on_the_id_behind_a_mask() -> None:
    one, other = (
        finding(message='"{value}"', values={"value": Secret(f"A1D4E8B7{middle}B0E8")})
        for middle in ("2C354F96", "2C354F97")
    )
    assert fingerprints(one) == fingerprints(other)


def test_over_the_limit_findings_are_counted_by_rule_and_file_with_the_first_places_and_the_greatest_severity() -> None:
    findings = [finding(line=number, severity=Severity.INFO) for number in range(1, 13)]
    (found,) = collected(*findings, finding(line=99, severity=Severity.ERROR), most=12)
    assert found.count == 13
    assert [place.span.line for place in found.places if place.span] == list(range(1, 11))
    assert found.finding.severity is Severity.ERROR


def test_at_the_limit_findings_are_kept_one_by_one() -> None:
    assert [each.count for each in collected(*[finding()] * 12, most=12)] == [1] * 12


def test_over_the_limit_of_files_findings_are_counted_by_rule() -> None:
    found = collected(*(finding(path=f"{number}.json") for number in range(10)), most=3)
    assert [(each.finding.location.path, each.count) for each in found] == [
        ("0.json", 1),
        ("1.json", 1),
        ("2.json", 1),
        ("3.json", 7),
    ]
