"""The native core: whether it is installed, and whether it is the version that this program needs."""

from __future__ import annotations

from functools import cache
from types import ModuleType

ABI = 11
"""The version of the core's interface (`segkoch_lint_core.ABI`) that this program needs."""

MISSING = "not installed; large logs take several times as long (README, Install)"


@cache
def _core() -> ModuleType | None:
    try:
        import segkoch_lint_core  # noqa: PLC0415 - it is optional
    except ImportError:
        return None
    return segkoch_lint_core


def has_core() -> bool:
    """Return whether the native core is installed and has the interface that this program needs."""
    core = _core()
    return core is not None and core.ABI == ABI


def core_text() -> str:
    """Return the version of the native core, or why it is not used."""
    core = _core()
    if core is None:
        return MISSING
    return str(core.__version__) if has_core() else f"{core.__version__}, which does not fit and is not used"
