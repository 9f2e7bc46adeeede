"""Counterexamples: calls that a plan accepts and Kochava cannot use, as text for messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.findings.redaction.masking import Secret, mask_shapes
from segkoch_lint.findings.redaction.personal_data import is_sensitive
from segkoch_lint.plans.probe.probes import Mutation


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A mutation that a plan accepts.

    Attributes:
        summary: how the call is broken.
        template: the call as compact JSON, with placeholders for personal data.
        values: of the placeholders.
    """

    summary: str
    template: str
    values: Mapping[str, Secret]

    @classmethod
    def of(cls, mutation: Mutation, is_made_up: Callable[[Any], bool]) -> Counterexample:
        """Return a mutation as text.

        Values from the plan, for example of its `enum`, are masked if they are personal data; those for which
        *is_made_up* is true are not.
        """
        values: dict[str, Secret] = {}
        unquoted: list[str] = []

        def shown(value: Any, key: str | None, parent: str | None) -> Any:
            if isinstance(value, Mapping):
                return {mask_shapes(str(name)): shown(inner, str(name), key) for name, inner in value.items()}
            if isinstance(value, list):
                return [shown(item, key, parent) for item in value]
            if not is_sensitive(key, value, parent) or is_made_up(value):
                return value
            placeholder = f"{{value {len(values) + 1}}}"
            values[placeholder[1:-1]] = Secret(value if isinstance(value, str) else json.dumps(value))
            if not isinstance(value, str):
                unquoted.append(placeholder)
            return placeholder

        text = json.dumps(shown(mutation.call, None, None), ensure_ascii=False, separators=(",", ":"))
        for placeholder in unquoted:
            text = text.replace(f'"{placeholder}"', placeholder)
        return cls(mutation.summary, text, values)

    @property
    def masked(self) -> str:
        """The call, with personal data masked."""
        text = self.template
        for name, value in self.values.items():
            text = text.replace("{" + name + "}", str(value))
        return text
