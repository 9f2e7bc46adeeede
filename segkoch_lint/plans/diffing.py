"""Old and new plan files in, what the change does out: the hall of `segkoch-lint plan diff`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from segkoch_lint.errors import UsageError
from segkoch_lint.findings import Finding
from segkoch_lint.plans.budget import Evaluator
from segkoch_lint.plans.checking import PlanChecker
from segkoch_lint.plans.comparing import changes, findings, gone
from segkoch_lint.plans.event_changes import event_changes
from segkoch_lint.plans.files import PlanFile, joined, read_bytes, read_file
from segkoch_lint.plans.judging import uncheckable
from segkoch_lint.plans.pairing import Pair, nothing_like, pairs
from segkoch_lint.plans.plan import Plan
from segkoch_lint.plans.replaying import replay
from segkoch_lint.plans.revisions import OldFile, old_file, old_folder, old_globbed
from segkoch_lint.plans.survey import survey
from segkoch_lint.reading.discovering import discover
from segkoch_lint.reading.globbing import is_glob
from segkoch_lint.reading.inputs import Unread
from segkoch_lint.reading.sniffing import Claim, claim_of
from segkoch_lint.tallies import Change

_GIT = "git:"


def compare_files(checker: PlanChecker, old: str, new: str, logs: Sequence[str]) -> Iterator[Finding]:
    """Compare two files, and return the findings; see `_compared`."""
    return _compared(checker, _read_old(checker, old), [new], logs)


def compare_revision(
    checker: PlanChecker, against: str, paths: Sequence[str], logs: Sequence[str]
) -> Iterator[Finding]:
    """Compare files with what they were in a revision, ``git:REV``, and return the findings; see `_compared`."""
    if not against.startswith(_GIT):
        raise UsageError(f"--against {against}: git:REV is expected.", "For example git:main or git:HEAD~1.")
    revision = against.removeprefix(_GIT)
    old: list[Plan] = []
    for path in paths:
        if path == "-":
            raise UsageError("Standard input has no older version in git.", "Give the plan as a file.")
        named, files = _old_files(path, revision)
        if not files:
            checker.summary.remarks.append((path, f"there was no such file in {revision}; all of it is new"))
        for each in files:
            if each.renamed:
                checker.summary.remarks.append((path, f"was {each.path} in {revision}"))
            old += _usable(checker, read_bytes(each.content, f"{revision}:{each.path}", checker.settings.limits), named)
    return _compared(checker, old, paths, logs)


def _old_files(path: str, revision: str) -> tuple[bool, Sequence[OldFile]]:
    """Return the files that a path stood for in a revision, and whether it names one."""
    if os.path.isdir(path):  # noqa: PTH112 - a path as it was given
        found = old_folder(path, revision)
    elif is_glob(path) and not os.path.lexists(path):
        found = old_globbed(path, revision)
    else:
        old = old_file(path, revision)
        return True, [old] if old else []
    return False, [each for each in found if claim_of(each.path) is not Claim.NOTHING]


def _read_old(checker: PlanChecker, path: str) -> list[Plan]:
    plans: list[Plan] = []
    for each in discover([path], root=checker.settings.root):
        if isinstance(each, Unread):
            raise UsageError(f"{each.path}: {each.reason}.", "The old version is needed to compare with.")
        plans += _usable(checker, read_file(each, checker.settings.limits), each.named)
    return plans


def _usable(checker: PlanChecker, file: PlanFile, named: bool) -> Sequence[Plan]:
    """Return the plans of an old version, which has to be readable: nothing can be compared with less.

    Raises:
        UsageError: it is broken, or no plan, although it was *named*.
    """
    name = file.source.path
    if not named and not file.plans:
        if file.unread or file.flaws:
            checker.summary.remarks.append((name, "the old version cannot be read; it was left out"))
        return ()
    if file.unread:
        raise UsageError(f"{name}: {file.unread}.")
    if file.flaws:
        flaw = file.flaws[0]
        raise UsageError(f"{name}:{flaw.span.line}:{flaw.span.column}: the old version is broken: {flaw.message}.")
    if not file.plans:
        raise UsageError(f"{name}: {file.remarks[0] if file.remarks else 'no tracking plan'}.")
    return file.plans


def _compared(checker: PlanChecker, old: Sequence[Plan], new: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Read the new version, and return what the change opens; what else it does is told in the figures of *checker*.

    Args:
        checker: whose settings hold, and who counts.
        old: the plans of the old version.
        new: paths of the new version.
        logs: captured calls to put to both.

    Raises:
        UsageError: a replay of several plans.
    """
    read: list[Plan] = []
    about: list[Finding] = []
    for each in discover(new, exclude=checker.settings.exclude, root=checker.settings.root):
        if isinstance(each, Unread):
            checker.summary.unread.append((each.path, each.reason))
        else:
            file = read_file(each, checker.settings.limits)
            about += checker.about(file)
            read += file.plans
    found = list(pairs([plan for plan, _ in joined(old)], list(checker.whole(read))))
    if logs and len(found) != 1:
        raise UsageError(f"--replay puts calls to one plan in two versions; here are {len(found)} plans.")
    return _in_turn(about, lambda: _findings(checker, found, logs))


def _in_turn(about: Sequence[Finding], rest: Callable[[], Sequence[Finding]]) -> Iterator[Finding]:
    findings = rest()
    yield from (*about, *findings)


def _findings(checker: PlanChecker, found: Sequence[Pair], logs: Sequence[str]) -> list[Finding]:
    """Return the findings about all plans: a report begins with figures, so they are all known before the first."""
    findings: list[Finding] = []
    with checker.evaluator() as evaluator:
        for pair in found:
            findings += _compare_pair(checker, pair, evaluator)
            if logs and pair.new is not None:
                before = pair.old or nothing_like(pair.new)
                checker.tally.replay = replay(
                    logs,
                    before,
                    pair.new,
                    evaluator=evaluator,
                    settings=checker.settings,
                    summary=checker.summary,
                )
    return findings


def _compare_pair(checker: PlanChecker, pair: Pair, evaluator: Evaluator) -> Iterator[Finding]:
    old, new = pair.old, pair.new
    if new is None:
        name = f' "{old.name}"' if old and old.name else ""
        message = f"the tracking plan{name} is gone: nothing that it stopped is stopped any more"
        checker.tally.changes.append(Change("removed", message, warning=True))
        # What could not be read may be where it is now; the run is incomplete then.
        if old is not None and old.checkable and not checker.summary.unread:
            asked = survey(old, evaluator, checker.codes, checker.seconds)
            yield from checker.statement.findings(gone(checker.judge, asked))
        return
    if old is None:
        yield from checker.check(new, evaluator)
        return
    if not (old.checkable and new.checkable):
        checker.tally.changes.extend(event_changes(old, new))
        if new.checkable:
            yield from checker.check(new, evaluator)
        else:
            checker.tally.uncheckable += 1
            yield from checker.statement.findings([uncheckable(new)])
        return
    before = survey(old, evaluator, checker.codes, checker.seconds, other=new)
    after = checker.survey(new, evaluator, other=old)
    checker.count(before, checker.tally.before)
    yield from checker.statement.findings(findings(checker.judge, before, after, checker.codes))
    checker.tally.changes.extend(changes(before, after, checker.judge.names))
