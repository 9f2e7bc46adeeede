"""Values that stand where an id should be and are nobody's: the lists of `schemas/definitions.json`.

Only these may be shown whole under the key of an id, so that a reader can see why a value is shown: it is in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from segkoch_lint import resources
from segkoch_lint.bounded_cache import cached

_LONGEST = 80
"""Code points of a placeholder."""

_LISTS = ("enum", "anyCase")
"""Keywords that list values."""

_NAMES = re.compile("placeholder|sample")
"""In the names of the definitions that hold the lists."""

_REPEATED = "0123456789abcdefx"
_FORMS = ("{4}{4}-{4}-{4}-{4}-{4}{4}{4}", "{4}{4}{4}{4}{4}{4}{4}{4}", "{4}{4}{4}{4}")
"""How an id is written whose digits are all the same: as a UUID, without hyphens, as an ANDROID_ID."""

_WORDS = "placeholder-words"
_AROUND = "{}[]<>()$#%_ \t\r\n"
"""What stands around the name in a macro that nobody replaced."""

_BETWEEN = re.compile(r"[\s_.-]+")


@cached
def is_placeholder(text: str) -> bool:
    """Tell whether the whole of a value, case and white space around it aside, is in the lists of placeholders.

    So is a name that is made of nothing but listed words, two at least (`exampleDeviceId`), and either of them as a
    macro that nobody replaced (`{idfa}`, `%%ADVERTISING_ID%%`).
    """
    if len(text) > _LONGEST:
        return False
    lowered = text.strip().lower()
    name = lowered.strip(_AROUND)
    return not _values().isdisjoint((lowered, name)) or bool(_of_words().fullmatch(_BETWEEN.sub("", name)))


@cache
def _values() -> frozenset[str]:
    definitions = resources.load("definitions")["$defs"]
    listed = {each for name, schema in definitions.items() if _NAMES.search(name) for each in _listed(schema)}
    repeated = {form.replace("{4}", digit * 4) for form in _FORMS for digit in _REPEATED}
    return frozenset({each.lower() for each in listed} | repeated)


@cache
def _of_words() -> re.Pattern[str]:
    words = (word.replace(" ", "") for word in resources.load("definitions")["$defs"][_WORDS]["wordsOnly"])
    return re.compile(f"(?:{'|'.join(map(re.escape, words))}){{2,}}")


def _listed(schema: Any) -> Iterator[str]:
    """Yield the texts that a schema lists."""
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword in _LISTS:
                yield from (each for each in value if isinstance(each, str))
            elif keyword == "const" and isinstance(value, str):
                yield value
            else:
                yield from _listed(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _listed(each)
