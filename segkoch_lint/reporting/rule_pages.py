"""What there is to say about a rule, for people: its page, and the table of all rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.rules.catalogue import BreakingChange, Rule
from segkoch_lint.rules.delivery import ORIGINS
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.remedies import FORMS, kinds

_APPLIES_TO = {
    "delivered": "every call that would reach Kochava",
    "call": "every call",
    "request": "every call, and every batch body",
    "destination": "the settings of a Kochava destination",
    "user": "what a whole run says of one user on one platform",
    "device": "what a whole run says of one device id or advertising id",
    "event-name": "event names of a whole run that are alike",
    "input": "every input that is read",
    "plan": "tracking plans",
}

_FAMILIES = {
    "default": "in general",
    "mobile": "mobile libraries",
    "server": "server libraries",
    "web": "web libraries",
    **{form: f"if the value is {form}" for form in FORMS},
}


def page(rule: Rule) -> str:
    """Return the page of a rule in Markdown."""
    return "\n\n".join(_sections(rule)) + "\n"


def _sections(rule: Rule) -> Iterator[str]:
    basis = "Kochava's page in Segment's documentation requires it" if rule.required else "beyond Kochava's page"
    senders = f" of {' and '.join(rule.sent_by)} libraries" if rule.sent_by else ""
    yield f"# {rule.code} {rule.name}"
    yield f"{_severity(rule)}; {basis}; applies to {_APPLIES_TO[rule.applies_to]}{senders}."
    yield rule.description
    if rule.message != "{problem}":  # which says nothing by itself
        yield f"> {rule.message}"
    yield "## Passes"
    yield _block(rule.examples[0])
    broken = list(broken_examples(rule))
    if broken:
        yield "## Breaks"
        yield f"{_sentence(_summary(broken[0][0]))} (to blame: {_places(broken[0][0].places)}):"
        yield _block(broken[0][1])
    if len(broken) > 1:
        yield "Also:"
        yield "\n".join(f"- {': '.join(filter(None, (each.summary, _changes(each.patch))))}" for each, _ in broken[1:])
    if rule.remedy:
        yield "## How to fix it"
        yield "\n".join(_remedies(rule.remedy))
    yield "## Where it comes from"
    yield "\n".join(f"- <{source}>" for source in rule.source)
    yield "## How to change it"
    yield (
        f'In the configuration, `ignore = ["{rule.code}"]` switches the rule off, '
        f'and `severity = {{ {rule.code} = "info" }}` makes it weigh less.'
    )


def _severity(rule: Rule) -> str:
    severity = str(rule.severity).capitalize()
    if rule.severity_elsewhere == rule.severity:
        return severity
    return f"{severity} where calls are expected, elsewhere {rule.severity_elsewhere}"


def facts(rule: Rule) -> dict[str, Any]:
    """Return what there is to say about a rule, for machines."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "required": rule.required,
        "applies_to": rule.applies_to,
        "sent_by": list(rule.sent_by),
        "description": rule.description,
        "message": rule.message,
        "remedy": dict(rule.remedy),
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
        f"| [{rule.code}]({file_name(rule)}) | {rule.name} | {rule.severity} | {'yes' if rule.required else ''} |"
        for rule in rules
    ]
    head = ["# Rules", "", "| code | name | severity | required by Kochava's page |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def file_name(rule: Rule) -> str:
    """Return the name of the file that holds the rule's page."""
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
        by_text.setdefault(text, []).append(_whom(key))
    for text, whom in by_text.items():
        yield f"- {_sentence('; '.join(whom))}: {text}"


def _whom(key: str) -> str:
    """Return for which calls the remedy with this key is."""
    titles = {name: kind["title"] for name, kind in kinds().items()} | _FAMILIES
    words = key.split()
    libraries = [word for word in words if word not in titles]
    others = [word for word in words if word in titles and not (libraries and word in ORIGINS)]
    return ", ".join([*(f"`{word}`" for word in libraries), *(titles[word] for word in others)])


def _sentence(summary: str) -> str:
    return summary[:1].upper() + summary[1:]
