"""`segkoch-lint init`: set a repository up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.run_options import debug_option
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.reporting.escaping import visible

if TYPE_CHECKING:
    from segkoch_lint.setup.file_change import FileChange, NoChange
    from segkoch_lint.setup.program_source import ProgramSource
    from segkoch_lint.setup.survey import Survey


@click.command()
@click.option("--write", is_flag=True, help="Write the files without a question.")
@click.option(
    "--ci",
    "services",
    multiple=True,
    type=click.Choice(["github", "gitlab", "none"]),
    help="Write jobs for this CI service; repeatable. By default, the repository shows which it uses.",
)
@click.option(
    "--repository",
    metavar="URL",
    help="The git repository to install segkoch-lint from; by default, the one it was installed from.",
)
@click.option("--rev", "revision", metavar="COMMIT", help="The commit or tag to install.")
@debug_option
def command(*, write: bool, services: Sequence[str], repository: str | None, revision: str | None) -> int:
    """Set the repository around the working directory up.

    Proposes a configuration, the pre-commit hooks and the jobs of CI for the calls and tracking plans that are there,
    and shows them as a diff. Writes them only with --write, or after a question on a terminal. What exists is extended
    or left as it is.
    """
    from segkoch_lint.setup.file_change import FileChange, NoChange  # noqa: PLC0415 - `--help` needs none of it
    from segkoch_lint.setup.program_source import program_source  # noqa: PLC0415
    from segkoch_lint.setup.survey import survey  # noqa: PLC0415

    found = survey(Path.cwd())
    source = cache(partial(program_source, repository, revision))
    proposals = [propose() for propose in _proposals(found, services, source)]
    changes = [each for each in proposals if isinstance(each, FileChange)]
    _print_survey(found)
    for each in proposals:
        if isinstance(each, FileChange):
            click.echo("\n".join(map(visible, each.diff())))
        else:
            _print_unchanged(each)
    if not changes:
        click.echo("Nothing to write.")
    elif write or _is_confirmed(changes):
        for each in changes:
            each.write(found.root)
            click.echo(visible(f"Wrote {each.path}."))
    else:
        click.echo("Nothing was written; `segkoch-lint init --write` writes these files.")
    by_hand = any(isinstance(each, NoChange) and each.entry for each in proposals)
    return ExitCode.INCOMPLETE if by_hand else ExitCode.CLEAN


def _proposals(
    found: Survey, services: Sequence[str], source: Callable[[], ProgramSource]
) -> Sequence[Callable[[], FileChange | NoChange]]:
    from segkoch_lint.setup.ci_jobs import github_change, gitlab_change  # noqa: PLC0415
    from segkoch_lint.setup.configuration import configuration_change  # noqa: PLC0415
    from segkoch_lint.setup.pre_commit import pre_commit_change  # noqa: PLC0415

    of_service = {"github": github_change, "gitlab": gitlab_change}
    chosen = [of_service[each] for each in dict.fromkeys(services or found.services) if each in of_service]
    return [
        partial(configuration_change, found),
        *(partial(each, found, source) for each in (pre_commit_change, *chosen)),
    ]


def _print_survey(found: Survey) -> None:
    for kind, folders in (("calls", found.call_folders), ("tracking plans", found.plan_folders)):
        shown = ", ".join(f"{each}/" for each in folders) or "nowhere"
        click.echo(visible(f"Found {kind}: {shown}"))


def _print_unchanged(unchanged: NoChange) -> None:
    if not unchanged.entry:
        click.echo(visible(f"{unchanged.path}: left as it is, since {unchanged.reason}."))
        return
    print_note(f"Note: {unchanged.path}: left as it is, since {unchanged.reason}. Add this:")
    for line in unchanged.entry.splitlines():
        print_note(f"  {line}")


def _is_confirmed(changes: Sequence[FileChange]) -> bool:
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.confirm(f"Write {'this file' if len(changes) == 1 else f'these {len(changes)} files'}?")
