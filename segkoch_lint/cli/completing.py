"""Completes rule codes and names in the shell."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem


class RuleName(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A rule's code or name."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Return the rules whose code or name begins with what is there."""
        from segkoch_lint.rules.catalogue import built_in  # noqa: PLC0415

        begun = incomplete.lower()
        items: list[Any] = []
        for rule in built_in():
            if not begun or rule.code.lower().startswith(begun):
                items.append(CompletionItem(rule.code, help=rule.name))
            elif rule.name.startswith(begun):
                items.append(CompletionItem(rule.name, help=rule.code))
        return items
