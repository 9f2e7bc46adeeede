"""The secret key of pseudonyms: random for each run, or kept in a file for several runs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from segkoch_lint.errors import UsageError
from segkoch_lint.inputs.input import UNFINISHED_ENDING

BYTES = 32

_HEADER = "segkoch-lint pseudonym key 1\n"


def new_key() -> bytes:
    """Return a random key."""
    return secrets.token_bytes(BYTES)


def key_of_file(path: Path) -> bytes:
    """Return the key in a file. If there is no such file, it is created, readable by its owner only.

    Raises:
        UsageError: the file is damaged, or cannot be read or created.
    """
    if not path.exists():
        key = new_key()
        try:
            _create(path, f"{_HEADER}{key.hex()}\n")
        except FileExistsError:
            pass  # another run has just created it
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(f"{path}: the key file cannot be created: {reason}.") from None
        else:
            return key
    return _read(path)


def _create(path: Path, content: str) -> None:
    """Create a file that is complete as soon as it has its name.

    Raises:
        FileExistsError: there is such a file.
        OSError: it cannot be created.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED_ENDING}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
        path.hardlink_to(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the key file cannot be read: {(error.strerror or str(error)).lower()}.") from None
    try:
        header, _, digits = content.decode("ascii").partition("\n")
        key = bytes.fromhex(digits)
    except ValueError:
        header, key = "", b""
    if f"{header}\n" != _HEADER or len(key) != BYTES:
        raise UsageError(
            f"{path}: this is not a key file of segkoch-lint, or it is damaged.",
            "Name a file that does not exist: it is created with a new key. Copies made with the old key do not match.",
        )
    return key
