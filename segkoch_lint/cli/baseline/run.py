"""A run of `check` or `plan check` that changes a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.check import command as check
from segkoch_lint.cli.plan.check import command as plan_check
from segkoch_lint.errors import UsageError

if TYPE_CHECKING:
    from segkoch_lint.config.baseline import Mode

_LEFT_OUT = frozenset({"list_files_only", "fixes", "shows_diff"})
"""Flags of `check` that show something else than findings, or change files."""

_PLANS = click.Option(["--plans"], is_flag=True, help="PATHs are tracking plans, read as by `plan check`.")


def parameters(*own: click.Parameter) -> list[click.Parameter]:
    """Return the parameters of a command that changes a baseline: *own* ones, and those of `check`."""
    kept = [each for each in check.params if each.name not in _LEFT_OUT]
    arguments = [each for each in kept if isinstance(each, click.Argument)]
    return [*arguments, *own, _PLANS, *(each for each in kept if not isinstance(each, click.Argument))]


def run(mode: Mode, *, plans: bool, paths: tuple[str, ...], **given: Any) -> int:
    """Run `check`, or `plan check`, and change the baseline; return the exit status.

    Args:
        mode: how the baseline changes.
        plans: whether the paths are tracking plans.
        paths: what to read.
        given: the other parameters of `check`.

    Raises:
        UsageError: an option of `check` is given that `plan check` does not have, or no path to a plan.
    """
    if not plans:
        return _call(check, paths=paths, baseline_mode=mode, **given, **dict.fromkeys(_LEFT_OUT, False))
    if not paths:
        raise UsageError("--plans needs the paths of tracking plans.")
    context = click.get_current_context()
    known = {each.name for each in plan_check.params}
    for each in context.command.params:
        is_given = context.get_parameter_source(each.name or "") is not click.core.ParameterSource.DEFAULT
        if each.name in given and each.name not in known and is_given:
            raise UsageError(f"{each.opts[0]} is about calls, not about tracking plans.", "Leave it or --plans out.")
    kept = {name: value for name, value in given.items() if name in known}
    return _call(plan_check, plans=paths, baseline_mode=mode, **kept)


def _call(command: click.Command, **given: Any) -> int:
    assert command.callback is not None
    status: int = command.callback(**given)
    return status
