"""The scripts that set everything up."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_what_is_installed_already_is_not_installed_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho "$@" >> {log}\n')
    python.chmod(0o755)

    def installed(*groups: str) -> tuple[list[str], str]:
        log.write_text("")
        ran = subprocess.run(
            [ROOT / "scripts" / "environment", *groups],
            env={**os.environ, "VENV": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return [line.split("--disable-pip-version-check ")[1] for line in log.read_text().splitlines()], ran.stderr

    done, said = installed("test")
    assert done == ["pip>=25.1", "--group test", "--editable ."]
    assert f"installing --group test into {tmp_path}" in said
    assert installed("test") == ([], "")
    assert installed("test", "check")[0] == ["--group check"]
