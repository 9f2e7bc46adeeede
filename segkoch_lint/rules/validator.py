"""Validators of expanded, self-contained schemas: jsonschema-rs, with our comparing keywords."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from segkoch_lint.rules.vocabulary import KEYWORDS


class Validator:
    """A validator of one schema.

    Args:
        compiled: the validator of jsonschema-rs.
        exchange: what *compiled* and our comparing keywords pass to one another.
        compares: whether the schema has a comparing keyword.

    Attributes:
        is_valid: returns whether a value is valid.
    """

    def __init__(self, compiled: Any, exchange: _Exchange, *, compares: bool) -> None:
        self._compiled = compiled
        self._exchange = exchange
        self.is_valid: Callable[[Any], bool] = self._is_valid if compares else compiled.is_valid

    def _is_valid(self, instance: Any) -> bool:
        valid: bool = self._compiled.is_valid(instance)
        self._exchange.raise_again()
        return valid

    def iter_errors(self, instance: Any, originals: Mapping[int, Any] = {}, /) -> Sequence[Any]:
        """Return the errors of jsonschema-rs in *instance*.

        Args:
            instance: the value.
            originals: by identity of a part of *instance*, the value that comparing keywords see in its place.

        Raises:
            ValueError: *instance* is nested too deeply, or holds a text that is not valid Unicode.
        """
        self._exchange.originals = originals
        try:
            errors = list(self._compiled.iter_errors(instance))
        finally:
            self._exchange.originals = {}
        self._exchange.raise_again()
        return errors


class _Exchange(msgspec.Struct):
    """What a validator of jsonschema-rs and the comparing keywords that it calls pass to one another.

    jsonschema-rs takes any exception of a keyword for "invalid", even an interruption or a bug. Such exceptions are
    kept here and raised again when the validator returns.

    Attributes:
        raised: exceptions of keywords that do not mean "invalid".
        originals: see `Validator.iter_errors`.
    """

    raised: list[BaseException] = msgspec.field(default_factory=list)
    originals: Mapping[int, Any] = msgspec.field(default_factory=dict)

    def raise_again(self) -> None:
        if self.raised:
            error = self.raised[0]
            self.raised.clear()
            raise error from None


def compile_schema(schema: Mapping[str, Any], *, quoting: bool = False) -> Validator:
    """Return the validator of an expanded, self-contained *schema*. It never fetches anything.

    Args:
        schema: the schema.
        quoting: whether error messages may quote the schema, and the instance, which may be large and personal.

    Raises:
        ValueError: the schema cannot be used.
    """
    exchange = _Exchange()
    options: Any = {"pattern_options": jsonschema_rs.RegexOptions(), "offline": True}
    if not quoting:
        options["mask"] = "the value"
    comparing = may_use_comparison(schema)
    if comparing:
        options["keywords"] = {name: _keyword_class(name, is_valid, exchange) for name, is_valid in KEYWORDS.items()}
    try:
        compiled = jsonschema_rs.Draft202012Validator(dict(schema), **options)
    except ValueError:
        exchange.raise_again()
        raise
    return Validator(compiled, exchange, compares=comparing)


def may_use_comparison(schema: Any) -> bool:
    """Return whether a schema may use a comparing keyword. A member of data that has its name counts, too."""
    if isinstance(schema, dict):
        return any(keyword in KEYWORDS or may_use_comparison(value) for keyword, value in schema.items())
    return isinstance(schema, list) and any(map(may_use_comparison, schema))


def _keyword_class(name: str, is_valid: Callable[[Any, Any], bool], exchange: _Exchange) -> type:
    """Return a comparing keyword in the form that jsonschema-rs wants."""

    class Keyword:
        def __init__(self, _parent: dict[str, Any], value: Any, _path: list[str | int]) -> None:
            self.value = value

        def validate(self, instance: Any) -> None:
            try:
                valid = is_valid(self.value, exchange.originals.get(id(instance), instance))
            except BaseException as error:
                exchange.raised.append(error)
                raise
            if not valid:
                raise ValueError(name)

    return Keyword


@cache
def matcher(pattern: str) -> Callable[[Any], bool]:
    """Return the test whether a text matches *pattern*, with the meaning of ECMA 262, in linear time."""
    # Python's `re` differs from ECMA 262 (`$` before a last newline, `\s`, `\d`) and may backtrack without end.
    return jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
    ).is_valid
