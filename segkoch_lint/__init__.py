"""Lints Segment calls for what the Kochava destination needs.

>>> from segkoch_lint import lint
>>> [finding.code for finding in lint({"type": "track", "event": "Order Completed", "userId": "u-1"})]
['KCH101']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segkoch_lint.budgets import Budget
    from segkoch_lint.errors import UsageError
    from segkoch_lint.findings import Excerpt, Finding, Location, Severity
    from segkoch_lint.linting import Linter, lint
    from segkoch_lint.masking import Secret
    from segkoch_lint.places import Span
    from segkoch_lint.policy.settings import Settings
    from segkoch_lint.tallies import Summary

__version__ = "0.1.0"

_HOMES = {
    "Budget": "budgets",
    "Excerpt": "findings",
    "Finding": "findings",
    "Linter": "linting",
    "Location": "findings",
    "Secret": "masking",
    "Settings": "policy.settings",
    "Severity": "findings",
    "Span": "places",
    "Summary": "tallies",
    "UsageError": "errors",
    "lint": "linting",
}

__all__ = [
    "Budget",
    "Excerpt",
    "Finding",
    "Linter",
    "Location",
    "Secret",
    "Settings",
    "Severity",
    "Span",
    "Summary",
    "UsageError",
    "__version__",
    "lint",
]


def __getattr__(name: str) -> Any:
    # Parsers and validators are imported when they are needed: `--version` and completion never are.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
