"""Rules that apply to the same values, compiled into one validator, and what they say of a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.findings.position import Path
from segkoch_lint.rules.combined_schema import conjunction
from segkoch_lint.rules.failures import failures
from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.violations import ViolationTemplate, resolve
from segkoch_lint.rules.vocabulary import SCHEMAS, FastValidator, gate

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule


class _Keyword(NamedTuple):
    """A keyword of a rule's schema that values can fail.

    Attributes:
        rule: whose keyword it is.
        order: where it is in the schemas of all rules: sorts as a reader of the schemas meets it.
        template: the message nearest to it, going up from it; that of the rule if there is none.
        remedy: the remedy nearest to it; empty if there is none.
        name: the keyword.
        member: the member that it blames, if it blames a member of the value that fails.
    """

    rule: Rule
    order: tuple[int, ...]
    template: str
    remedy: str
    name: str
    member: Path


class CompiledRules:
    """Rules that apply to the same values, with one validator for all of them.

    The validator is made when the first value is judged: to compile the patterns of all built-in rules takes several
    milliseconds.

    Args:
        rules: the rules; what they say of a value comes in this order.
        schema_of: returns the expanded, self-contained schema of a rule.
    """

    def __init__(self, rules: Sequence[Rule], schema_of: Callable[[Rule], Mapping[str, Any]]) -> None:
        self.rules = tuple(rules)
        self._schema_of = schema_of
        self._keywords: BoundedCache[Path, _Keyword] = BoundedCache()

    def blames(self, value: Mapping[str, Any]) -> list[ViolationTemplate]:
        """Return what the rules say of a value; of each rule one blame for each place."""
        if not self.rules:
            return []
        found = [(self._keyword(each.way), each.path) for each in failures(self._gate, value)]
        found.sort(key=lambda each: each[0].order)
        blames: dict[tuple[Rule, Path], ViolationTemplate] = {}
        for keyword, failed in found:
            path, whole = _blamed(keyword, failed, value)
            if (keyword.rule, path) not in blames:
                blames[keyword.rule, path] = ViolationTemplate(
                    keyword.rule, path, keyword.template, whole, keyword.remedy
                )
        return list(blames.values())

    @cached_property
    def _gate(self) -> FastValidator:
        # Two rules may have one code: a rule, and the same rule with other limits.
        return gate(conjunction({str(number): self._schema_of(rule) for number, rule in enumerate(self.rules)}))

    def _keyword(self, way: Path) -> _Keyword:
        return self._keywords.entries.get(way) or self._keywords.add(way, self._found(way))

    def _found(self, way: Path) -> _Keyword:
        """Return the keyword that a way through the schema of all rules leads to."""
        if way[0] == "$defs":  # a definition that refers to itself; `conjunction` put the number before its name
            number, _, name = str(way[1]).partition("-")
            steps: Path = ("$defs", name, *way[2:])
        else:
            number, steps = str(way[1]), way[2:]
        rule = self.rules[int(number)]
        root = self._schema_of(rule)
        order = [int(number)]
        said = {"message": rule.message, "mend": ""}
        node: Any = root
        for step in steps:
            said |= _annotations(node)
            order.append(step if isinstance(step, int) else _position(node, step))
            refers = step in REFERRING and isinstance(node[step], str)
            node = lookup(root, node[step]) if refers else node[step]
            if node is None:
                break  # only a validator can follow this reference
        name = str(steps[-1])
        if name in SCHEMAS:
            said |= _annotations(node)
        member = (node["member"],) if name == "foundIn" and node is not None else ()
        return _Keyword(rule, tuple(order), said["message"], said["mend"], name, member)


def _position(schema: Mapping[str, Any], keyword: str) -> int:
    """Return where a keyword is in a schema; ``then`` and ``else`` count as parts of their ``if``."""
    keywords = list(schema)
    return keywords.index("if" if keyword in {"then", "else"} and "if" in schema else keyword)


def _annotations(schema: Any) -> dict[str, str]:
    """Return the annotations of a schema; where one is a schema itself, it is a member's of that name."""
    if not isinstance(schema, dict):
        return {}
    found = {name: schema.get(name) for name in ("message", "mend")}
    return {name: text for name, text in found.items() if isinstance(text, str) and text}


def _blamed(keyword: _Keyword, failed: Path, value: Any) -> tuple[Path, bool]:
    """Return the path to blame, and whether it is a value itself (not the object around a missing one)."""
    path = failed + keyword.member
    place = keyword.rule.place or ()
    if len(path) < len(place) and place[: len(path)] == tuple(map(str, path)):
        return resolve(value, place)
    return path, keyword.name != "required"
