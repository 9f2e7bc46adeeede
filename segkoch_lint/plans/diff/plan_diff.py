"""Old and new plan files in, what the change does out: the hall of `segkoch-lint plan diff`."""

from __future__ import annotations

# Paths stay text, as they were given: `Path` would rewrite them.
# ruff: noqa: PTH112, PTH119
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from segkoch_lint.errors import UsageError
from segkoch_lint.findings import Finding
from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.check.plan_findings import uncheckable
from segkoch_lint.plans.diff.comparison import changes, findings, gone
from segkoch_lint.plans.diff.event_changes import event_changes
from segkoch_lint.plans.diff.git_history import History, OldFile, knows, place_of
from segkoch_lint.plans.diff.git_repository import UnknownRevision
from segkoch_lint.plans.diff.pairs import Pair, Version, nothing_like, pairs
from segkoch_lint.plans.model.files import PlanFile, joined, read_bytes, read_file
from segkoch_lint.plans.model.plan import Plan
from segkoch_lint.plans.probe.evaluator import Evaluator
from segkoch_lint.plans.probe.plan_result import survey
from segkoch_lint.plans.replay import replay
from segkoch_lint.reading.discovering import discover
from segkoch_lint.reading.ignoring import PathPatterns
from segkoch_lint.reading.inputs import Unread
from segkoch_lint.tallies import Change

_GIT = "git:"


@dataclass(frozen=True, slots=True)
class _Before:
    """What the new version is compared with.

    Attributes:
        version: the old plans.
        place: tells what a new file has in common with its old version.
        revision: what the revision is called that they are of; empty for files.
        gone: paths that are not there any more, and need not be.
        elsewhere: returns further plans of the old version, whose files are gone.
    """

    version: Version
    place: Callable[[str], str]
    revision: str = ""
    gone: Sequence[str] = ()
    elsewhere: Callable[[], Version] = Version


def compare_files(checker: PlanChecker, old: str, new: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Compare a file or folder with others, and return the findings; see `_compared`.

    Raises:
        UsageError: the old version cannot be read.
    """
    before = Version()
    for each in discover([old], root=checker.settings.root):
        if isinstance(each, Unread):
            raise UsageError(f"{each.path}: {each.reason}.", "The old version is needed to compare with.")
        before.plans += _usable(checker, read_file(each, checker.settings.limits), each.named)
        before.places[each.path] = _place_inside(each.path, [old])
    return _compared(checker, _Before(before, lambda path: _place_inside(path, new)), new, logs)


def compare_against(checker: PlanChecker, against: str, paths: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Compare files with another one, or with what they were in a revision, and return the findings; see `_compared`.

    Args:
        checker: whose settings hold, and who counts.
        against: a file or folder, else a revision; ``git:REV`` is a revision in any case.
        paths: of the new version.
        logs: captured calls to put to both.

    Raises:
        UsageError: there is no such file or revision, or an old version cannot be read.
    """
    if against.startswith(_GIT):
        return compare_revision(checker, against.removeprefix(_GIT), paths, logs)
    if os.path.lexists(against):
        if knows(against):
            note = f"a file of this name is there, and is compared with; {_GIT}{against} means the revision"
            checker.summary.remarks.append((against, note))
        return compare_files(checker, against, paths, logs)
    try:
        return compare_revision(checker, against, paths, logs)
    except UnknownRevision as error:
        raise UsageError(f"--against {against}: there is no such file. {error.message}", error.hint) from error


def compare_revision(
    checker: PlanChecker, revision: str, paths: Sequence[str], logs: Sequence[str]
) -> Iterator[Finding]:
    """Compare files with what they were in a revision, and return the findings; see `_compared`.

    Raises:
        UsageError: there is no such revision, or an old version cannot be read.
    """
    if "-" in paths:
        raise UsageError("Standard input has no older version in git.", "Give the plan as a file.")
    settings = checker.settings
    history = History(revision, PathPatterns(settings.exclude, settings.root))
    before = Version()
    gone: list[str] = []
    for path in paths:
        files = list(history.files(path))
        if files and not os.path.lexists(path):
            gone.append(path)
        _add_old(checker, before, files)

    def elsewhere() -> Version:
        further = Version()
        _add_old(checker, further, history.lost())
        further.plans = [plan for plan, _ in joined(further.plans)]
        return further

    return _compared(checker, _Before(before, place_of, history.label, gone, elsewhere), paths, logs)


def _add_old(checker: PlanChecker, version: Version, files: Iterable[OldFile]) -> None:
    for each in files:
        read = read_bytes(each.content, each.name, checker.settings.limits)
        version.plans += _usable(checker, read, each.named)
        version.places[each.name] = each.place


def _place_inside(path: str, given: Sequence[str]) -> str:
    """Return where a file is in the folder that was given: the whole path below it; nothing for a file by itself."""
    place = place_of(path)
    for folder in (os.path.realpath(each) for each in given if os.path.isdir(each)):
        if place.startswith(folder.rstrip(os.sep) + os.sep):
            return os.path.relpath(place, folder)
    return "" if path in given else os.path.basename(path)


def _usable(checker: PlanChecker, file: PlanFile, named: bool) -> Sequence[Plan]:
    """Return the plans of an old version, which has to be readable: nothing can be compared with less.

    Raises:
        UsageError: it is broken, or no plan, although it was *named*.
    """
    name = file.source.path
    if not named and not file.plans:
        if file.unread or (file.flaws and not file.is_foreign):
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


def _compared(checker: PlanChecker, before: _Before, paths: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Read the new version, and return what the change opens; what else it does is told in the figures of *checker*.

    Args:
        checker: whose settings hold, and who counts.
        before: what to compare with.
        paths: of the new version.
        logs: captured calls to put to both.

    Raises:
        UsageError: a replay of several plans.
    """
    new = Version()
    about: list[Finding] = []
    read: set[str] = set()
    for each in discover(paths, exclude=checker.settings.exclude, root=checker.settings.root):
        if not isinstance(each, Unread):
            file = read_file(each, checker.settings.limits)
            about += checker.about(file)
            new.plans += file.plans
            new.places[each.path] = before.place(each.path)
            read.add(os.path.realpath(each.path))
        elif each.path not in before.gone:
            checker.summary.unread.append((each.path, each.reason))
    old = before.version
    if before.revision:
        old.plans = _still_read(checker, old, read)
    old.plans = [plan for plan, _ in joined(old.plans)]
    new.plans = list(checker.whole(new.plans))
    found = list(pairs(old, new, before.elsewhere))
    if before.revision:
        checker.summary.remarks.extend(_origins(found, before.revision))
    if logs and len(found) != 1:
        problem = f"--replay puts calls to one plan in two versions; here are {len(found)} plans."
        raise UsageError(problem, "Name the file of one plan.")
    return _in_turn(about, lambda: _findings(checker, found, logs))


def _still_read(checker: PlanChecker, old: Version, read: Collection[str]) -> list[Plan]:
    """Return the old plans without those whose files are there and are not read, since they are ignored now."""
    kept = []
    for plan in old.plans:
        place = old.place(plan)
        if os.path.lexists(place) and os.path.realpath(place) not in read:
            note = "the file is there and is ignored, so its plan is not compared"
            checker.summary.remarks.append((plan.site.file, note))
        else:
            kept.append(plan)
    return kept


def _origins(found: Iterable[Pair], revision: str) -> Iterator[tuple[str, str]]:
    """Yield what there is to say of the new plans that were elsewhere in a revision, or nowhere."""
    for pair in found:
        if pair.new is not None and pair.old is None:
            yield pair.new.site.file, f"there was no such plan in {revision}; all of it is new"
        elif pair.new is not None and pair.old is not None and pair.moved:
            _, _, was = pair.old.site.file.partition(":")
            yield pair.new.site.file, f"was {was} in {revision}"


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
        checker.tally.changes.append(Change("removed", message, warning=True, path=old.site.file if old else ""))
        # What could not be read may be where it is now; the run is incomplete then.
        if old is not None and old.checkable and not checker.summary.unread:
            asked = survey(old, evaluator, checker.codes, checker.seconds)
            yield from checker.statement.findings(gone(checker.judge, asked))
        return
    if old is None:
        yield from checker.check(new, evaluator)
        return
    if not (old.checkable and new.checkable):
        _note(checker, new, event_changes(old, new))
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
    _note(checker, new, changes(before, after, checker.judge.names))


def _note(checker: PlanChecker, plan: Plan, found: Iterable[Change]) -> None:
    checker.tally.changes.extend(msgspec.structs.replace(each, path=plan.site.file) for each in found)
