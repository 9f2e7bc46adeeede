"""`segkoch-lint plan`: the commands about tracking plans."""

from __future__ import annotations

import click

from segkoch_lint.cli.lazy import LazyGroup

_COMMANDS = {
    "check": "Check tracking plans: do they stop calls that Kochava cannot use?",
    "diff": "Compare two versions of a tracking plan: what does the change open and close?",
    "common": "Print a common JSON Schema that guards what Kochava needs, or add it to a plan.",
}


@click.group(cls=LazyGroup, package=__name__, late=_COMMANDS)
def command() -> None:
    """Check tracking plans: what do they let through?

    Segment blocks what violates a plan's JSON Schemas, so a plan is the place to stop calls that Kochava cannot use.
    """
