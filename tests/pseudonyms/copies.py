"""Copies of inputs, what is found in inputs and copies, and which of an input's values are left in a copy."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from segkoch_lint import Linter, resources
from segkoch_lint.findings.finding import Finding
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import open_bytes
from segkoch_lint.pseudonyms.policy import Policy, listed_values
from segkoch_lint.pseudonyms.redactor import redacted
from segkoch_lint.pseudonyms.rewriter import Rewriter
from segkoch_lint.rules.catalogue import built_in

KEY = bytes(range(32))
"""The key of the tests: the same pseudonyms in each run."""


def rewriter_with(key: bytes = KEY) -> Rewriter:
    """Return what rewrites texts with a key."""
    return Rewriter(Policy(key, _listed()), Limits())


@cache
def _listed() -> list[str]:
    libraries = [name for names in resources.load("libraries").values() if isinstance(names, list) for name in names]
    listed = listed_values(*(rule.document for rule in built_in()), resources.load("circumstances"))
    return [*listed, *libraries]


def copy_of(content: bytes, name: str = "-", key: bytes = KEY) -> bytes:
    """Return the copy of an input."""
    return b"".join(redacted(open_bytes(content, name), name, rewriter_with(key)))


def found_in(content: bytes, name: str = "-") -> list[tuple[Any, ...]]:
    """Return what is found in an input: code, line and pointer of each finding, and of related locations.

    Keys of a pointer may be ids, so those that are masked or have a digit are left out.
    """
    linter = Linter()
    findings = [*linter.bytes(content, name), *linter.identity_findings()]
    figures = linter.summary
    readiness = (figures.calls, figures.readiness.ready, figures.readiness.limited, figures.readiness.faulty)
    return [*sorted(map(_seen, findings), key=str), readiness]


def _seen(finding: Finding) -> tuple[Any, ...]:
    related = [_place(each) for each in finding.related]
    return finding.code, _place(finding.location), finding.severity, related


def _place(location: Any) -> tuple[Any, ...]:
    pointer = location.pointer if isinstance(location.pointer, str) else location.pointer.reveal()
    line = (location.span.line, location.span.column) if location.span else None
    return line, re.sub(r"[^/ →]*[\d…][^/ →]*", "#", pointer)


def spellings(value: str) -> Iterator[bytes]:
    """Yield a value as it is, and in the encodings in which it could be left in a copy."""
    written = value.encode()
    for each in {written, written.lower(), written.upper(), value.replace("-", "").encode(), written[::-1]}:
        yield each
        yield "".join(f"\\u{ord(letter):04x}" for letter in each.decode()).encode()
        yield "".join(f"%{byte:02X}" for byte in each).encode()
        yield each.hex().encode()
        # Base64 depends on the place of the value in three bytes.
        yield from (base64.b64encode(b"x" * start + each)[4 * (start > 0) : -4] for start in range(3))


def left_in(copy: bytes, values: Iterable[str]) -> list[str]:
    """Return the values that are left in a copy, in any spelling, also in compressed parts of it."""
    text = b"\n".join([copy, *_unpacked(copy)])
    return [value for value in values if any(each in text for each in spellings(value) if len(each) > 5)]


def _unpacked(copy: bytes) -> Iterator[bytes]:
    for found in re.finditer(rb"[A-Za-z0-9+/_-]{24,}={0,2}", copy):
        plain = found[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        data = base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"==")
        yield data
        if data.startswith(b"\x1f\x8b\x08"):
            yield zlib.decompressobj(31).decompress(data)
