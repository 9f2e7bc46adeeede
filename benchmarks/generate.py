"""Writes a raw Segment log of made-up calls as JSON Lines: seeded, with SDKs, users, devices and faults as options.

python -m benchmarks generate --calls 200000 log.ndjson

The same options make the same bytes. A call is about 1,225 bytes long, as in a shop's logs.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.calls import CALLS_A_USER, SERVER_LIBRARIES, Mix, encoded_calls
from benchmarks.population import MOBILE_LIBRARIES

_BATCH = 1_000
"""Calls whose draws belong together: another number makes another log."""


def write(path: Path, mix: Mix, count: int) -> None:
    """Write a log of so many calls, on all cores; the file takes its name when it is whole."""
    batches = [range(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH)]
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as stream, multiprocessing.Pool() as pool:
        for lines in pool.imap(functools.partial(encoded_calls, mix), batches):
            stream.write(lines)
    partial.replace(path)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that make a mix."""
    default = Mix()
    parser.add_argument("--seed", type=int, default=default.seed, help="default: 1")
    parser.add_argument("--users", type=positive, help=f"default: they come and go, {CALLS_A_USER} calls each")
    parser.add_argument(
        "--devices", type=positive, default=default.most_devices, help="the most that a user has; default: 3"
    )
    for option, help_text in (
        ("server", "calls that servers send"),
        ("anonymous", "mobile calls before login, without a userId"),
        ("refused", "users who refused tracking"),
        ("fault", "calls with a fault in the device object"),
        ("switched-off", "calls kept from Kochava by `integrations`"),
    ):
        share = getattr(default, f"{option.replace('-', '_')}_share")
        parser.add_argument(
            f"--{option}-share", type=_share, default=share, help=f"share of {help_text}; default: {share}"
        )
    parser.add_argument(
        "--mobile-sdks",
        type=functools.partial(_names, MOBILE_LIBRARIES),
        default=default.mobile,
        metavar="NAME=WEIGHT,…",
        help="mobile SDKs",
    )
    parser.add_argument(
        "--server-sdks",
        type=functools.partial(_names, SERVER_LIBRARIES),
        default=default.server,
        metavar="NAME=WEIGHT,…",
        help="server SDKs",
    )
    parser.add_argument("--small", action="store_true", help="calls of about 500 bytes instead of 1,225")


def mix_of(given: argparse.Namespace) -> Mix:
    """Return the mix that the options ask for."""
    return Mix(
        seed=given.seed,
        users=given.users,
        most_devices=given.devices,
        mobile=given.mobile_sdks,
        server=given.server_sdks,
        server_share=given.server_share,
        anonymous_share=given.anonymous_share,
        refused_share=given.refused_share,
        fault_share=given.fault_share,
        switched_off_share=given.switched_off_share,
        small=given.small,
    )


def positive(text: str) -> int:
    """Read a whole number from 1 on, for argparse."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {text!r}")
    return int(text)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"a share is from 0 to 1, not {text}")
    return share


def _names(known: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Read `NAME=WEIGHT,…` into the names, each as often as its weight; without a weight, once."""
    names: list[str] = []
    for part in text.split(","):
        name, _, weight = part.partition("=")
        if name not in known or not (weight or "1").isdecimal():
            raise argparse.ArgumentTypeError(f"{part!r} is none of {', '.join(known)}, with =WEIGHT after it")
        names += [name] * int(weight or "1")
    if not names:
        raise argparse.ArgumentTypeError(f"{text!r} leaves no SDK")
    return tuple(names)
