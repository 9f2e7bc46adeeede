"""The template of the page. It loads nothing, and runs no script but its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkoch_lint import __version__
from segkoch_lint.errors import UsageError
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.text_figures import count

if TYPE_CHECKING:
    from segkoch_lint.reporting.html_report.content import Content

_FOLDER = Path(__file__).parent


class Page:
    """The page, which is filled with the content of a run.

    Raises:
        UsageError: jinja2 is not installed.
    """

    def __init__(self) -> None:
        try:
            import jinja2  # noqa: PLC0415 - it is an extra
        except ImportError:
            raise UsageError("HTML is written with jinja2.", "Install it: pip install jinja2") from None
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER),
            autoescape=True,
            finalize=_shown,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"number": "{:,}".format, "count": count}
        self._template = environment.get_template("page.html.jinja")
        self._style, self._script = ((_FOLDER / name).read_text("utf-8") for name in ("page.css", "page.js"))

    def pieces(self, content: Content) -> Iterator[str]:
        """Yield the text of the page."""
        return self._template.generate(
            content=content,
            style=self._style,
            script=self._script,
            style_hash=_hash(self._style),
            script_hash=_hash(self._script),
            version=__version__,
        )


def _shown(value: Any) -> Any:
    """Return a value as the page shows it, before the environment escapes what is markup in HTML."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _hash(text: str) -> str:
    """Return the source expression of an inline text (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
