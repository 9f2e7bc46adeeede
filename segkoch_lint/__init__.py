"""A linter of Segment calls for the requirements of the Kochava destination.

>>> from segkoch_lint import lint
>>> [finding.code for finding in lint({"type": "track", "event": "Order Completed", "userId": "u-1"})]
['KCH101']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segkoch_lint.config.budgets import Budget
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.errors import UsageError
    from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet, Suppression
    from segkoch_lint.findings.position import Span
    from segkoch_lint.findings.redaction.masking import Secret
    from segkoch_lint.findings.summary import Summary
    from segkoch_lint.linter import Linter, lint

__version__ = "0.1.0"

_HOMES = {
    "Budget": "config.budgets",
    "Snippet": "findings.finding",
    "Finding": "findings.finding",
    "Linter": "linter",
    "Location": "findings.finding",
    "Secret": "findings.redaction.masking",
    "Settings": "config.settings",
    "Severity": "findings.finding",
    "Span": "findings.position",
    "Summary": "findings.summary",
    "Suppression": "findings.finding",
    "UsageError": "errors",
    "lint": "linter",
}

__all__ = [
    "Budget",
    "Finding",
    "Linter",
    "Location",
    "Secret",
    "Settings",
    "Severity",
    "Snippet",
    "Span",
    "Summary",
    "Suppression",
    "UsageError",
    "__version__",
    "lint",
]


def __getattr__(name: str) -> Any:
    # Parsers and validators are imported when they are needed; `--version` and completion need none.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
