"""The errors in a configuration or a rule file in words: the key, the value found there, and what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.errors import nearest

if TYPE_CHECKING:
    from jsonschema import ValidationError

_LONGEST_QUOTED = 40
"""The longest text of a user's file that a message quotes, in code points."""

_KINDS = {
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "a boolean",
    "null": "nothing (null)",
}


class Wording(msgspec.Struct, frozen=True):
    """The terms for a kind of document.

    Attributes:
        place_of: returns a path into the document as its author writes it; for the empty path, a name of the document.
        table: the term for an object.
        hint: where the author finds what is allowed.
    """

    place_of: Callable[[Any], str]
    table: str
    hint: str


def messages_of(error: ValidationError, wording: Wording) -> list[tuple[str, str]]:
    """Return an error of a validator as messages, each with a hint."""
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = list(error.schema["properties"]) if isinstance(error.schema, Mapping) else []
        inside = f"in {wording.place_of(error.absolute_path)}: " if error.absolute_path else ""
        return [
            (f'{inside}unknown key "{key}".', nearest(str(key), known) or f"Known are {', '.join(known)}.")
            for key in error.instance
            if key not in known
        ]
    if error.validator == "anyOf":  # one of a few words, or another type: the words are the better message
        words = [each for each in error.context or () if each.validator == "enum"]
        return [_message(words[0] if words else error, wording)]
    return [_message(error, wording)]


def _message(error: ValidationError, wording: Wording) -> tuple[str, str]:
    place = wording.place_of(error.absolute_path)
    allowed: Any = error.validator_value
    value: Any = error.instance
    found = f"{place} is {_shown(value, wording)}"
    match error.validator:
        case "enum":
            known = [str(each) for each in allowed]
            likely = nearest(value.lower(), known) if isinstance(value, str) else ""
            return f"{found}; one of {', '.join(known)} is expected.", likely or wording.hint
        case "const":
            return f"{found}; {_shown(allowed, wording)} is expected.", wording.hint
        case "pattern":
            schema: Any = error.schema
            examples = " or ".join(f'"{each}"' for each in schema.get("examples", ()))
            like = f"like {examples}" if examples else f"that matches {allowed}"
            return f"{found}; a text {like} is expected.", wording.hint
        case "type":
            names = [allowed] if isinstance(allowed, str) else allowed
            wanted = " or ".join(_KINDS.get(name, wording.table) for name in names)
            return f"{place} is {kind_of(value, wording.table)}; {wanted} is expected.", wording.hint
        case "required":
            missing = ", ".join(f'"{each}"' for each in allowed if each not in value)
            return f"{place} lacks {missing}.", wording.hint
        case "minLength" if value:
            return f"{place} is too short: at least {allowed} characters are expected.", wording.hint
        case "minLength":
            return f"{place} is an empty string.", wording.hint
        case "minItems":
            return f"{place} is an empty list; leave it out, or name at least one.", wording.hint
        case "uniqueItems":
            twice = next(each for number, each in enumerate(value) if each in value[:number])
            return f"{place} has {_shown(twice, wording)} twice.", wording.hint
        case "minimum" | "maximum" as bound:
            limit = f"at {'least' if bound == 'minimum' else 'most'} {allowed}"
            return f"{found}; {limit} is expected.", wording.hint
        case _:
            return f"{found}, and not what is expected.", wording.hint


def dotted(path: Any) -> str:
    """Return a path into a configuration as a user writes it: ``limits.depth``, ``select[0]``."""
    place = ""
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}"
    return place.removeprefix(".") or "the configuration"


def kind_of(value: Any, table: str = "a table") -> str:
    """Return the term for the type of a value; *table* is the term for an object."""
    for kind, name in ((bool, "boolean"), (str, "string"), (int, "integer"), (float, "number")):
        if isinstance(value, kind):  # a boolean is an integer to Python, so it comes first
            return _KINDS[name]
    if isinstance(value, Mapping):
        return table
    if value is None:
        return _KINDS["null"]
    return _KINDS["array"] if isinstance(value, list | tuple) else "a date or time"


def _shown(value: Any, wording: Wording) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST_QUOTED:
        return f'"{value}"'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**_LONGEST_QUOTED else "a huge number"
    return kind_of(value, wording.table)
