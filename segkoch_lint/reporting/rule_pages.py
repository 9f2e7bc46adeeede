"""The documentation of rules: a page for each, the table of all rules, and the same facts as JSON."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.rules.catalogue import BreakingChange, Rule
from segkoch_lint.rules.delivery import ORIGINS
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.fixes import RuleFix
from segkoch_lint.rules.remedies import FORMS, kinds

_PAGE = re.compile(rb"# (?:Rules|[A-Z]+[0-9]+ [a-z0-9-]+)\r?\n")

_APPLIES_TO = {
    "delivered": "every call that would reach Kochava",
    "call": "every call",
    "request": "every call, and every batch body",
    "destination": "the settings of a Kochava destination",
    "user": "the calls of one user on one platform in a whole run",
    "device": "the calls with one device id or advertising id in a whole run",
    "event-name": "event names of a whole run that are alike",
    "input": "every input that is read",
    "plan": "tracking plans",
    "run": "all calls of a run together",
}

_FAMILIES = {
    "default": "in general",
    "mobile": "mobile libraries",
    "server": "server libraries",
    "web": "web libraries",
    **{form: f"if the value is {form}" for form in FORMS},
}


_WIDTH = 100
"""Columns of the text of a page, as in all of the documentation."""

_FAMILIES_OF_CODES = """\
Each page gives the reason for a rule, the fix for each SDK, and examples. `KCH0xx` are about input that cannot be
read, `KCH1xx` about the device, `KCH2xx` about [the same user in the app and on servers](../identity.md), `KCH3xx`
about the call itself, `KCH4xx` about [tracking plans](../plans.md), `KCH5xx` about attribution and settings, and
`KCH6xx` about [calls that are missing](../expectations.md). To change what is checked, see
[configuration](../configuration.md)."""


def page(rule: Rule) -> str:
    """Return the page of a rule in Markdown."""
    return "\n\n".join(_sections(rule)) + "\n"


def _sections(rule: Rule) -> Iterator[str]:
    basis = "Kochava's page in Segment's documentation requires it" if rule.required else "beyond Kochava's page"
    senders = f" of {' and '.join(rule.sent_by)} libraries" if rule.sent_by else ""
    yield f"# {rule.code} {rule.name}"
    yield wrapped(f"{_severity(rule)}; {basis}; applies to {_APPLIES_TO[rule.applies_to]}{senders}. {_status(rule)}")
    yield wrapped(rule.description)
    if rule.message != "{problem}":  # which says nothing by itself
        yield f"> {rule.message}"
    if rule.remedy:
        yield "## How to fix it"
        yield "\n".join(_remedies(rule.remedy))
    if rule.fix is not None:
        yield wrapped(f"`segkoch-lint check --fix` can do this: {_operations(rule.fix)}.")
    yield "## Passes"
    yield _block(rule.examples[0])
    broken = list(broken_examples(rule))
    if broken:
        yield "## Breaks"
        yield wrapped(f"{_sentence(_summary(broken[0][0]))} (reported at {_places(broken[0][0].places)}):")
        yield _block(broken[0][1])
    if len(broken) > 1:
        yield "Also:"
        others = (": ".join(filter(None, (each.summary, _changes(each.patch)))) for each, _ in broken[1:])
        yield "\n".join(map(_item, others))
    yield "## Where it comes from"
    yield "\n".join(f"- <{source}>" for source in rule.source)
    if rule.status == "removed":
        return
    yield "## How to change it"
    yield wrapped(
        f'In the configuration, `ignore = ["{rule.code}"]` switches the rule off, '
        f'and `severity = {{ {rule.code} = "info" }}` lowers its severity.'
    )


def _status(rule: Rule) -> str:
    """Return the version that the rule is from, whether it will stay, and what replaces it."""
    since = f"Since version {rule.since}." if rule.since else ""
    status = {
        "stable": "",
        "preview": f"In preview: it may still change, and is checked only if it is selected as `{rule.code}`.",
        "deprecated": "Deprecated: it will be removed.",
        "removed": "Removed: it is not checked any more.",
    }[rule.status]
    codes = " and ".join(f"`{code}`" for code in rule.replaced_by)
    replacement = f"Use {codes} instead." if codes else ""
    return " ".join(filter(None, [since, status, replacement]))


def wrapped(text: str, *, indent: str = "") -> str:
    """Return a paragraph in lines of the width of a page; code in backticks is never broken."""
    unbroken = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(unbroken, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace("\0", " ")


def _item(text: str) -> str:
    return wrapped(f"- {text}", indent="  ")


def _severity(rule: Rule) -> str:
    severity = str(rule.severity).capitalize()
    if rule.severity_elsewhere == rule.severity:
        return severity
    return f"{severity} where calls are expected, elsewhere {rule.severity_elsewhere}"


def facts(rule: Rule) -> dict[str, Any]:
    """Return the facts of a rule as JSON."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "since": rule.since,
        "status": rule.status,
        "replaced_by": list(rule.replaced_by),
        "required": rule.required,
        "applies_to": rule.applies_to,
        "sent_by": list(rule.sent_by),
        "description": rule.description,
        "message": rule.message,
        "remedy": dict(rule.remedy),
        "fix": rule.document["rule"].get("fix"),
        "source": list(rule.source),
        "examples": list(rule.examples),
        "counterexamples": [
            {"summary": each.summary, "example": value, "places": list(each.places)}
            for each, value in broken_examples(rule)
        ],
    }


def index(rules: Sequence[Rule]) -> str:
    """Return the table of the rules in Markdown, each a link to its page."""
    rows = [
        f"| [{rule.code}]({file_name(rule)}) | {rule.name} "
        f"| {rule.severity if rule.status == 'stable' else rule.status} | {'yes' if rule.required else ''} |"
        for rule in rules
    ]
    about = wrapped(_FAMILIES_OF_CODES.replace("\n", " "))
    head = ["# Rules", "", about, "", "| code | name | severity | required by Kochava's page |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def is_rule_page(head: bytes) -> bool:
    """Return whether a file that begins with *head* is the page of a rule, or the table of all rules."""
    return _PAGE.match(head) is not None


def file_name(rule: Rule) -> str:
    """Return the file name of the page of a rule."""
    return f"{rule.code}-{rule.name}.md"


def _block(value: Any) -> str:
    if isinstance(value, str):
        return f"```json\n{value}\n```"
    return f"```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```"


def _summary(counterexample: BreakingChange) -> str:
    return counterexample.summary or _changes(counterexample.patch)


def _changes(patch: Sequence[Any]) -> str:
    words = []
    for operation in patch:
        if operation["op"] == "remove":
            words.append(f"without `{operation['path']}`")
        else:
            shown = json.dumps(operation["value"], ensure_ascii=False)
            words.append(f"`{operation['path']}` is `{shown if len(shown) <= 60 else shown[:59] + '…'}`")
    return ", ".join(words)


def _places(places: Sequence[str]) -> str:
    return ", ".join(f"`{place}`" if place else "the call" for place in places)


def _remedies(remedy: Mapping[str, str]) -> Iterator[str]:
    """Yield the remedies, each with the calls that it is for."""
    by_text: dict[str, list[str]] = {}
    for key, text in remedy.items():
        by_text.setdefault(text, []).append(_calls_of(key))
    for text, calls in by_text.items():
        yield _item(f"{_sentence('; '.join(calls))}: {text}")


def _operations(fix: RuleFix) -> str:
    """Return what a fix does, and under which condition."""
    title = fix.title[:1].lower() + fix.title[1:]
    if isinstance(fix.rename, str):
        target = f" to `{fix.rename}`" if fix.rename else ""
    else:
        target = " " + ", ".join(f"`{key}` to `{new}`" for key, new in fix.rename.items())
    gives = f", if that gives {' or '.join(f'`{each}`' for each in fix.one_of)}" if fix.one_of else ""
    digits = f", if there are exactly {sum(fix.hyphens)} hexadecimal digits" if fix.hyphens else ""
    return f"{title}{target}{gives}{digits}"


def _calls_of(key: str) -> str:
    """Return which calls the remedy with this key is for."""
    titles = {name: kind["title"] for name, kind in kinds().items()} | _FAMILIES
    words = key.split()
    libraries = [word for word in words if word not in titles]
    others = [word for word in words if word in titles and not (libraries and word in ORIGINS)]
    return ", ".join([*(f"`{word}`" for word in libraries), *(titles[word] for word in others)])


def _sentence(summary: str) -> str:
    return summary[:1].upper() + summary[1:]
