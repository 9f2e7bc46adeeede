"""What is wrong with a configuration, in a user's words: which key, what was found there, and what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from segkoch_lint.errors import nearest

if TYPE_CHECKING:
    from jsonschema import ValidationError

_SEE_SCHEMA = "`segkoch-lint schema --configuration` prints what is allowed."

_LONGEST_QUOTED = 40
"""Code points of a value of the user's own that are said again."""

_KINDS = {
    "array": "a list",
    "object": "a table",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "a boolean",
    "null": "nothing (null)",
}


def complaints(error: ValidationError) -> list[tuple[str, str]]:
    """Return what a validator found wrong with a configuration, in a sentence each, and what to do about it."""
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = list(error.schema["properties"]) if isinstance(error.schema, Mapping) else []
        inside = f"in {place_of(error.absolute_path)}: " if error.absolute_path else ""
        return [
            (f'{inside}unknown key "{key}".', nearest(str(key), known) or f"Known are {', '.join(known)}.")
            for key in error.instance
            if key not in known
        ]
    return [_complaint(error)]


def _complaint(error: ValidationError) -> tuple[str, str]:
    place = place_of(error.absolute_path)
    allowed: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "enum":
        known = [str(each) for each in allowed]
        likely = nearest(error.instance.lower(), known) if isinstance(error.instance, str) else ""
        return f"{place} is {_shown(error.instance)}; one of {', '.join(known)} is expected.", likely or _SEE_SCHEMA
    if error.validator == "pattern":
        examples = " or ".join(f'"{each}"' for each in schema.get("examples", ()))
        return f"{place} is {_shown(error.instance)}; a text like {examples} is expected.", _SEE_SCHEMA
    words = _WORDS.get(str(error.validator), lambda _allowed, value: f"is {kind_of(value)}, and not what is expected")
    return f"{place} {words(allowed, error.instance)}.", _SEE_SCHEMA


def place_of(path: Any) -> str:
    """Return a path into the configuration as a user would write it: ``limits.depth``, ``select[0]``."""
    place = ""
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}"
    return place.removeprefix(".") or "the configuration"


def kind_of(value: Any) -> str:
    """Return what kind of thing a value is."""
    for kind, name in ((bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"), (Mapping, "object")):
        if isinstance(value, kind):  # a boolean is an integer to Python, so it comes first
            return _KINDS[name]
    if value is None:
        return _KINDS["null"]
    return _KINDS["array"] if isinstance(value, list | tuple) else "a date or time"


def _shown(value: Any) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST_QUOTED:
        return f'"{value}"'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**_LONGEST_QUOTED else "a huge number"
    return kind_of(value)


def _of_type(allowed: Any, value: Any) -> str:
    wanted = " or ".join(_KINDS[name] for name in ([allowed] if isinstance(allowed, str) else allowed))
    return f"is {kind_of(value)}; {wanted} is expected"


def _repeated(_allowed: Any, value: list[Any]) -> str:
    twice = next(each for number, each in enumerate(value) if each in value[:number])
    return f"has {_shown(twice)} twice"


_WORDS: Mapping[str, Callable[[Any, Any], str]] = {
    "type": _of_type,
    "minLength": lambda _allowed, _value: "is an empty string",
    "minItems": lambda _allowed, _value: "is an empty list; leave it out, or name at least one",
    "uniqueItems": _repeated,
    "minimum": lambda allowed, value: f"is {_shown(value)}; at least {allowed} is expected",
    "maximum": lambda allowed, value: f"is {_shown(value)}; at most {allowed} is expected",
}
"""What is said of the keywords that the configuration's schema uses: from what they allow, and what was found."""
