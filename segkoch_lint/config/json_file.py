"""JSON files that an earlier run wrote: reports and baselines."""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

T = TypeVar("T")


def decoded(text: bytes, kind: type[T]) -> T:
    """Return a JSON document as a value of *kind*; members that *kind* does not have are skipped, which is fast.

    Raises:
        ValueError, RecursionError: it is not JSON, or does not fit.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # a file name that is not UTF-8 has lone surrogates, which only `json` reads
        return msgspec.convert(json.loads(text), type=kind)
