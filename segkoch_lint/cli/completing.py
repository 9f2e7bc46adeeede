"""Completes rule codes and names in the shell."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


class RuleName(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A rule's code or name."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the rules whose code or name begins with what is there."""
        return complete_rules(ctx, param, incomplete)


def complete_rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the rules whose code or name begins with what is there, after the last comma."""
    from segkoch_lint.rules.catalogue import built_in  # noqa: PLC0415

    before, comma, last = incomplete.rpartition(",")
    begun = last.lower()
    items: list[CompletionItem] = []
    for rule in built_in():
        if not begun or rule.code.lower().startswith(begun):
            items.append(CompletionItem(before + comma + rule.code, help=rule.name))
        elif rule.name.startswith(begun):
            items.append(CompletionItem(before + comma + rule.name, help=rule.code))
    return items
