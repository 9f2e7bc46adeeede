"""`segkoch-lint plan`: the commands about tracking plans."""

from __future__ import annotations

import click

from segkoch_lint.cli.lazy import LazyGroup

_COMMANDS = {
    "check": "Check tracking plans: do they stop calls that Kochava cannot use?",
    "diff": "Compare two versions of a tracking plan: which requirements does the change open or close?",
    "common": "Print a common JSON Schema that guards the requirements, or add it to a plan.",
}


@click.group(cls=LazyGroup, package=__name__, short_help=_COMMANDS)
def command() -> None:
    """Check tracking plans: which calls do they let through?

    Segment blocks calls that violate the JSON Schemas of a plan, so a plan can stop calls that Kochava cannot use.
    """
