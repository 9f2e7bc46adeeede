"""Rules that apply to the same values, compiled into one validator, and what a value violates of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.findings.position import Path
from segkoch_lint.rules.combined_schema import conjunction
from segkoch_lint.rules.failures import failures
from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.subschemas import SCHEMAS
from segkoch_lint.rules.validator import Validator, compile_schema
from segkoch_lint.rules.violations import ViolationTemplate, resolve

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule


class _Keyword(NamedTuple):
    """A keyword of a rule's schema that values can fail.

    Attributes:
        rule: the rule.
        order: sorts keywords in the order in which the schemas of all rules are written.
        template: the nearest message, going up from the keyword; the rule's message if there is none.
        remedy: the nearest fix, going up from the keyword; empty if there is none.
        name: the keyword.
        member: the path from the value that fails to the offending value; empty if they are the same.
    """

    rule: Rule
    order: tuple[int, ...]
    template: str
    remedy: str
    name: str
    member: Path


class CompiledRules:
    """Rules that apply to the same values, with one validator for all of them.

    The validator is compiled when the first value is checked: compiling the patterns of all built-in rules takes
    several milliseconds.

    Args:
        rules: the rules; violations are in this order.
        schema_of: returns the expanded, self-contained schema of a rule.
    """

    def __init__(self, rules: Sequence[Rule], schema_of: Callable[[Rule], Mapping[str, Any]]) -> None:
        self.rules = tuple(rules)
        self._schema_of = schema_of
        self._keywords: BoundedCache[Path, _Keyword] = BoundedCache()

    def violations(self, value: Mapping[str, Any]) -> list[ViolationTemplate]:
        """Return what *value* violates: one violation for each rule and place."""
        if not self.rules:
            return []
        found = [(self._keyword(each.schema_path), each.path) for each in failures(self._validator, value)]
        found.sort(key=lambda each: each[0].order)
        violations: dict[tuple[Rule, Path], ViolationTemplate] = {}
        for keyword, failed in found:
            path, exists = _locate(keyword, failed, value)
            if (keyword.rule, path) not in violations:
                violations[keyword.rule, path] = ViolationTemplate(
                    keyword.rule, path, keyword.template, exists, keyword.remedy
                )
        return list(violations.values())

    @cached_property
    def _validator(self) -> Validator:
        # Two rules may have the same code (a rule, and the same rule with other limits), so numbers identify them.
        schemas = {str(number): self._schema_of(rule) for number, rule in enumerate(self.rules)}
        return compile_schema(conjunction(schemas))

    def _keyword(self, schema_path: Path) -> _Keyword:
        return self._keywords.entries.get(schema_path) or self._keywords.add(schema_path, self._find(schema_path))

    def _find(self, schema_path: Path) -> _Keyword:
        """Return the keyword at a path in the schema of all rules."""
        if schema_path[0] == "$defs":  # a definition that refers to itself; `conjunction` added the number
            number, _, name = str(schema_path[1]).partition("-")
            steps: Path = ("$defs", name, *schema_path[2:])
        else:
            number, steps = str(schema_path[1]), schema_path[2:]
        rule = self.rules[int(number)]
        root = self._schema_of(rule)
        order = [int(number)]
        annotations = {"message": rule.message, "fix": ""}
        node: Any = root
        for step in steps:
            annotations |= _annotations(node)
            order.append(step if isinstance(step, int) else _position(node, step))
            refers = step in REFERRING and isinstance(node[step], str)
            node = lookup(root, node[step]) if refers else node[step]
            if node is None:
                break  # only a validator can follow this reference
        name = str(steps[-1])
        if name in SCHEMAS:
            annotations |= _annotations(node)
        member = (node["member"],) if name == "foundIn" and node is not None else ()
        return _Keyword(rule, tuple(order), annotations["message"], annotations["fix"], name, member)


def _position(schema: Mapping[str, Any], keyword: str) -> int:
    """Return the position of a keyword in a schema; ``then`` and ``else`` count as parts of their ``if``."""
    keywords = list(schema)
    return keywords.index("if" if keyword in {"then", "else"} and "if" in schema else keyword)


def _annotations(schema: Any) -> dict[str, str]:
    """Return the message and the fix of a schema. A value that is not a text is the schema of a member of that name."""
    if not isinstance(schema, dict):
        return {}
    found = {name: schema.get(name) for name in ("message", "fix")}
    return {name: text for name, text in found.items() if isinstance(text, str) and text}


def _locate(keyword: _Keyword, failed: Path, value: Any) -> tuple[Path, bool]:
    """Return the path of the offending value, and whether it exists; if not, the path is that of the object around.

    Args:
        keyword: the keyword that failed.
        failed: the path of the value that failed it.
        value: the value that was checked.
    """
    path = failed + keyword.member
    place = keyword.rule.place or ()
    if len(path) < len(place) and place[: len(path)] == tuple(map(str, path)):
        return resolve(value, place)
    return path, keyword.name != "required"
