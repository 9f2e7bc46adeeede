"""Comparison of plan files: old and new files to findings and figures about the change."""

from __future__ import annotations

# Paths remain text, as they were given: `Path` would rewrite them.
# ruff: noqa: PTH112, PTH119
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from segkoch_lint.documents.detection import may_hold_calls
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.plan_tally import PlanChange
from segkoch_lint.inputs.discovery import discover
from segkoch_lint.inputs.gitignore import PathPatterns
from segkoch_lint.inputs.input import UnreadableInput
from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.diff.comparison import closed, opened, removed
from segkoch_lint.plans.diff.event_changes import event_changes
from segkoch_lint.plans.diff.git_history import GitHistory, OldFile, is_revision, place_of
from segkoch_lint.plans.diff.git_repository import UnknownRevision
from segkoch_lint.plans.diff.pairs import PlanPair, PlanVersion, empty_version, pair_plans
from segkoch_lint.plans.model.files import PlanFile, read_bytes, read_file
from segkoch_lint.plans.model.pages import join_pages
from segkoch_lint.plans.model.plan import Plan
from segkoch_lint.plans.probe.evaluator import Evaluator
from segkoch_lint.plans.probe.plan_result import probe_plan
from segkoch_lint.plans.replay import replay

_GIT = "git:"


@dataclass(frozen=True, slots=True)
class _OldVersion:
    """The version that the new one is compared with.

    Attributes:
        version: the old plans.
        place: returns what identifies a new file in both versions.
        revision: the name of the revision; empty for files.
        removed: paths of the new version that were removed since, so that it is no error that they do not exist.
        elsewhere: returns further plans of the old version, whose files were removed.
    """

    version: PlanVersion
    place: Callable[[str], str]
    revision: str = ""
    removed: Sequence[str] = ()
    elsewhere: Callable[[], PlanVersion] = PlanVersion


def compare_files(checker: PlanChecker, old: str, new: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Compare files or folders with an old one, and return the findings.

    Args:
        checker: has the settings, and counts.
        old: the path of the old version.
        new: the paths of the new version.
        logs: captured calls to replay against both.

    Raises:
        UsageError: the old version cannot be read.
    """
    version = PlanVersion()
    for each in discover([old], root=checker.settings.root, may_hold_calls=may_hold_calls):
        if isinstance(each, UnreadableInput):
            raise UsageError(f"{each.path}: {each.reason}.", "The old version is needed to compare with.")
        version.plans += _old_plans(checker, read_file(each, checker.settings.limits), named=each.named)
        version.places[each.path] = _place_inside(each.path, [old])
    return _compared(checker, _OldVersion(version, lambda path: _place_inside(path, new)), new, logs)


def compare_against(checker: PlanChecker, against: str, paths: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Compare files with another file or folder, or else with their version in a revision, and return the findings.

    Args:
        checker, logs: as for `compare_files`.
        against: a path or a revision; ``git:REV`` is a revision in any case.
        paths: of the new version.

    Raises:
        UsageError: there is no such file or revision, or an old version cannot be read.
    """
    if against.startswith(_GIT):
        return _compare_revision(checker, against.removeprefix(_GIT), paths, logs)
    if os.path.lexists(against):
        if is_revision(against):
            note = f"this is a file and a revision; the file is used, and {_GIT}{against} means the revision"
            checker.summary.remarks.append((against, note))
        return compare_files(checker, against, paths, logs)
    try:
        return _compare_revision(checker, against, paths, logs)
    except UnknownRevision as error:
        raise UsageError(f"--against {against}: there is no such file. {error.message}", error.hint) from error


def _compare_revision(
    checker: PlanChecker, revision: str, paths: Sequence[str], logs: Sequence[str]
) -> Iterator[Finding]:
    if "-" in paths:
        raise UsageError("Standard input has no older version in git.", "Give the plan as a file.")
    settings = checker.settings
    history = GitHistory(revision, PathPatterns(settings.exclude, settings.root))
    old = PlanVersion()
    removed_paths: list[str] = []
    for path in paths:
        files = list(history.files(path))
        if files and not os.path.lexists(path):
            removed_paths.append(path)
        _add_old_files(checker, old, files)

    def elsewhere() -> PlanVersion:
        further = PlanVersion()
        _add_old_files(checker, further, history.removed_files())
        further.plans = [plan for plan, _ in join_pages(further.plans)]
        return further

    return _compared(checker, _OldVersion(old, place_of, history.label, removed_paths, elsewhere), paths, logs)


def _add_old_files(checker: PlanChecker, version: PlanVersion, files: Iterable[OldFile]) -> None:
    for each in files:
        read = read_bytes(each.content, each.name, checker.settings.limits)
        version.plans += _old_plans(checker, read, named=each.named)
        version.places[each.name] = each.place


def _place_inside(path: str, given: Sequence[str]) -> str:
    """Return the path of a file below the folder that was given; it is empty if the file itself was given."""
    place = place_of(path)
    for folder in (os.path.realpath(each) for each in given if os.path.isdir(each)):
        if place.startswith(folder.rstrip(os.sep) + os.sep):
            return os.path.relpath(place, folder)
    return "" if path in given else os.path.basename(path)


def _old_plans(checker: PlanChecker, file: PlanFile, *, named: bool) -> Sequence[Plan]:
    """Return the plans of an old file.

    Raises:
        UsageError: the file was *named* by the user, and cannot be read or holds no plan.
    """
    name = file.source.path
    if not named and not file.plans:
        if file.unread or (file.parse_errors and not file.is_unrelated):
            checker.summary.remarks.append((name, "the old version cannot be read; it was left out"))
        return ()
    if file.unread:
        raise UsageError(f"{name}: {file.unread}.")
    if file.parse_errors:
        error = file.parse_errors[0]
        raise UsageError(f"{name}:{error.span.line}:{error.span.column}: the old version is broken: {error.message}.")
    if not file.plans:
        raise UsageError(f"{name}: {file.remarks[0] if file.remarks else 'no tracking plan'}.")
    return file.plans


def _compared(checker: PlanChecker, old: _OldVersion, paths: Sequence[str], logs: Sequence[str]) -> Iterator[Finding]:
    """Read the new version, and return what the change opens; its other effects are in the figures of *checker*.

    Raises:
        UsageError: calls were given to replay, but there is not exactly one plan.
    """
    findings_of_files: list[Finding] = []
    new = PlanVersion()
    read: set[str] = set()
    for each in discover(
        paths, exclude=checker.settings.exclude, root=checker.settings.root, may_hold_calls=may_hold_calls
    ):
        if not isinstance(each, UnreadableInput):
            file = read_file(each, checker.settings.limits)
            findings_of_files += checker.findings_of_file(file)
            new.plans += file.plans
            new.places[each.path] = old.place(each.path)
            read.add(os.path.realpath(each.path))
        elif each.path not in old.removed:
            checker.summary.unread.append((each.path, each.reason))
    if old.revision:
        old.version.plans = _without_ignored(checker, old.version, read)
    old.version.plans = [plan for plan, _ in join_pages(old.version.plans)]
    new.plans = list(checker.joined(new.plans))
    pairs = list(pair_plans(old.version, new, old.elsewhere))
    if old.revision:
        checker.summary.remarks.extend(_origins(pairs, old.revision))
    if logs and len(pairs) != 1:
        problem = f"--replay validates calls against two versions of one plan, not of {len(pairs)} plans."
        raise UsageError(problem, "Name the file of one plan.")

    def findings() -> Iterator[Finding]:
        found = [*findings_of_files, *_findings(checker, pairs, logs)]
        checker.note_suppressions(of_all=False)
        yield from found

    return findings()


def _without_ignored(checker: PlanChecker, old: PlanVersion, read: Collection[str]) -> list[Plan]:
    """Return the old plans without those whose files still exist and are ignored now."""
    kept = []
    for plan in old.plans:
        place = old.place(plan)
        if os.path.lexists(place) and os.path.realpath(place) not in read:
            note = "the file exists and is ignored, so its plan is not compared"
            checker.summary.remarks.append((plan.location.file, note))
        else:
            kept.append(plan)
    return kept


def _origins(pairs: Iterable[PlanPair], revision: str) -> Iterator[tuple[str, str]]:
    """Yield remarks on the new plans that did not exist in a revision, or whose file had another name there."""
    for pair in pairs:
        if pair.new is not None and pair.old is None:
            yield pair.new.location.file, f"there was no such plan in {revision}; all of it is new"
        elif pair.new is not None and pair.old is not None and pair.moved:
            _, _, was = pair.old.location.file.partition(":")
            yield pair.new.location.file, f"was {was} in {revision}"


def _findings(checker: PlanChecker, pairs: Sequence[PlanPair], logs: Sequence[str]) -> list[Finding]:
    """Return the findings about all plans; a report begins with the figures, so it needs all of them."""
    findings: list[Finding] = []
    with checker.evaluator() as evaluator:
        for pair in pairs:
            findings += _compare_pair(checker, pair, evaluator)
            if logs and pair.new is not None:
                before = pair.old or empty_version(pair.new)
                checker.tally.replay = replay(
                    logs, before, pair.new, evaluator=evaluator, settings=checker.settings, summary=checker.summary
                )
    return findings


def _compare_pair(checker: PlanChecker, pair: PlanPair, evaluator: Evaluator) -> list[Finding]:
    old, new = pair.old, pair.new
    if old is None:
        return checker.check(new, evaluator) if new is not None else []
    if new is None:
        return _removed(checker, old, evaluator)
    if not (old.checkable and new.checkable):
        _note(checker, new, event_changes(old, new))
        return checker.check(new, evaluator)
    before = probe_plan(old, evaluator, checker.codes, other=new)
    after = checker.probe(new, evaluator, other=old)
    checker.count(before, checker.tally.before)
    findings = checker.writer.findings(opened(checker.plan_findings, before, after))
    _note(checker, new, [*closed(checker.plan_findings, before, after), *event_changes(old, new)])
    return findings


def _removed(checker: PlanChecker, old: Plan, evaluator: Evaluator) -> list[Finding]:
    name = f' "{old.name}"' if old.name else ""
    message = f"the tracking plan{name} was removed: it does not stop calls any more"
    _note(checker, old, [PlanChange("removed", message, warning=True)])
    # An input that could not be read may hold the plan now; the run is incomplete then.
    if not old.checkable or checker.summary.unread:
        return []
    return checker.writer.findings(removed(checker.plan_findings, probe_plan(old, evaluator, checker.codes)))


def _note(checker: PlanChecker, plan: Plan, changes: Iterable[PlanChange]) -> None:
    checker.tally.changes.extend(msgspec.structs.replace(each, path=plan.location.file) for each in changes)
