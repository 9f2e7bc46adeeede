"""Recognises what earlier runs wrote: reports, and the pages of rules."""

from __future__ import annotations

import re

# As the formats write them, and as other programs indent them.
_JSON = re.compile(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"tool"\s*:\s*\{\s*"name"\s*:\s*"segkoch-lint"')
_JSON_LINES = re.compile(
    rb'\{"code": "[^"]+", "name": "[^"]+", "severity": "(?:error|warning|info)"|\{"summary": \{"exit_status": '
)

_PAGE = re.compile(rb"# (?:Rules|[A-Z]+[0-9]+ [a-z0-9-]+)\r?\n")


def is_report(head: bytes) -> bool:
    """Tell whether a file that begins with *head* is a report in one of the formats for machines.

    Text reports look like any other text.
    """
    return any(pattern.match(head) for pattern in (_JSON, _JSON_LINES))


def is_rule_page(head: bytes) -> bool:
    """Tell whether a file that begins with *head* is the page of a rule, or the table of all rules."""
    return _PAGE.match(head) is not None
