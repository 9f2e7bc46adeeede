"""The findings about calls that are missing: the expectations that a run does not meet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from segkoch_lint.config.expectations import Shortfall, real_value
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.findings.finding import MISSING_CALLS, Finding
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.findings.summary import Summary
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.remedies import best_remedy


def expectation_findings(
    settings: Settings, selection: Selection, summary: Summary, suppressions: Suppressions
) -> Iterator[Finding]:
    """Yield a finding for each expectation that a run does not meet, and count it.

    The calls of an incomplete run are not all there are, so its expectations are not judged. Remarks say what was not
    judged, and why.
    """
    rule = selection.by_code.get(MISSING_CALLS)
    if rule is None or not (settings.expect or settings.expect_like):
        return
    if summary.unread or summary.internal_errors or not summary.adds_up():
        places = [each.location.path for each in settings.expect[:1]]
        places += [settings.expect_like.path] if settings.expect_like else []
        remark = "the run is incomplete, so it is not known if expected calls are missing"
        summary.remarks += [(path, remark) for path in places]
        return
    summary.remarks += _remarks(settings, summary)
    for each in _shortfalls(settings, summary):
        # In a baseline, a finding is known by its group: other calls that are missing are new.
        group = "\0".join(f"{name}={real_value(value)}" for name, value in each.group.items()) or "all calls"
        finding = suppressions.applied(_finding(each, rule, selection), group)
        summary.add_finding(finding)
        yield finding


def _shortfalls(settings: Settings, summary: Summary) -> Iterator[Shortfall]:
    configured = (each.shortfall(summary) for each in settings.expect)
    former = settings.expect_like.shortfalls(summary) if settings.expect_like else ()
    return (each for each in chain(configured, former) if each is not None)


def _remarks(settings: Settings, summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield what is compared, and what is not judged."""
    for each in settings.expect:
        if not each.judges_share(summary):
            place = each.location.pointer.rpartition("/")[2]
            calls = f"{summary.checked:,} of at least {each.min_calls:,} delivered calls"
            yield each.location.path, f"the share of expect[{place}] is not judged, with {calls}"
    former = settings.expect_like
    if former is not None:
        yield former.path, former.comparison()


def _finding(shortfall: Shortfall, rule: Rule, selection: Selection) -> Finding:
    names = ", ".join(f'{name} "{{{name}}}"' if name == "event" else f"{name} {{{name}}}" for name in shortfall.group)
    group: dict[str, str | Secret] = {name: value or "(none)" for name, value in shortfall.group.items()}
    return Finding(
        rule.code,
        rule.name,
        selection.severity(rule),
        f"{names}: {shortfall.wording}" if names else shortfall.wording,
        shortfall.location,
        {**group, **shortfall.values},
        best_remedy(rule, ""),
        properties={
            **{name: str(value) for name, value in group.items()},
            "delivered": shortfall.calls,
            "expected": shortfall.expected,
        },
    )
