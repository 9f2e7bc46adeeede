"""`segkoch-lint baseline show`: how many findings a baseline holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from segkoch_lint.cli.baseline_options import baseline_option, no_baseline_error, with_baseline
from segkoch_lint.cli.options import configuration_options, settings_of
from segkoch_lint.cli.run_options import debug_option


@click.command()
@baseline_option
@click.option(
    "--by", type=click.Choice(["rule", "file"]), default="rule", show_default=True, help="What to count findings by."
)
@configuration_options
@debug_option
def command(*, baseline: Path | None, by: str, **configuration: Any) -> None:
    """Show how many findings a baseline holds, by rule or file."""
    from segkoch_lint.config.baseline import Baseline, counted  # noqa: PLC0415 - `--help` needs none of it
    from segkoch_lint.reporting import WIDTH  # noqa: PLC0415
    from segkoch_lint.reporting.escaping import visible  # noqa: PLC0415
    from segkoch_lint.reporting.text_figures import count  # noqa: PLC0415
    from segkoch_lint.reporting.text_writer import TextWriter  # noqa: PLC0415
    from segkoch_lint.rules.loader import load_catalogue  # noqa: PLC0415

    settings = with_baseline(settings_of(**configuration), baseline)
    if settings.baseline is None:
        raise no_baseline_error()
    counts = Baseline.load(settings.baseline.file).counts
    writer = TextWriter(sys.stdout, color=False, width=WIDTH)
    if by == "rule":
        names = {rule.code: rule.name for rule in load_catalogue(settings.rules)}
        rules = counted(counts.items(), "rule")
        rows = [[code, names.get(code, ""), f"{findings:,}", f"{files:,}"] for code, findings, files in rules]
        writer.table(["rule", "", "findings", "files"], rows, "llrr")
    else:
        paths = counted(counts.items(), "path")
        table = [[visible(path), f"{findings:,}", f"{rules:,}"] for path, findings, rules in paths]
        writer.table(["file", "findings", "rules"], table, "lrr")
    files = len({entry.path for entry in counts})
    writer.line(f"{count(counts.total(), 'finding')} in {count(files, 'file')}.")
