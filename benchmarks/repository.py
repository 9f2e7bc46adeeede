"""Writes a folder of JSON and YAML files as repositories have them, none of which holds a call.

Many of them use the words of calls, or look like what calls are wrapped in: messages of queues, webhooks, recorded
requests to other services. The same number of files has the same bytes each time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WORDS = "order cart user page event track group screen alias shop item price stock image title label context".split()
_FILES_A_FOLDER = 50


def write(folder: Path, count: int, *, seed: int = 1) -> None:
    """Write so many files into subfolders of a folder."""
    for number in range(count):
        draw = random.Random(seed * 1_000_003 + number)
        ending, content = draw.choice(_KINDS)
        path = folder / f"{number // _FILES_A_FOLDER:03}" / f"{draw.choice(_WORDS)}-{number}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content(draw), encoding="utf-8")


def _id(draw: random.Random) -> str:
    return f"{draw.getrandbits(128):032x}"


def _words(draw: random.Random, count: int) -> dict[str, Any]:
    """Return so many texts, as files of translations have them."""
    names = (f"{draw.choice(_WORDS)}.{draw.choice(_WORDS)}" for _ in range(count))
    return {f"shop.{name}": f"{draw.choice(_WORDS)} {draw.random():.3f}" for name in names}


def _package(draw: random.Random) -> str:
    versions = {f"@{draw.choice(_WORDS)}/{draw.choice(_WORDS)}": f"^{draw.randrange(9)}.0.1" for _ in range(20)}
    return json.dumps({"name": draw.choice(_WORDS), "type": "module", "dependencies": versions}, indent=2)


def _lock(draw: random.Random) -> str:
    packages = {
        f"node_modules/{draw.choice(_WORDS)}-{number}": {
            "version": "1.0.0",
            "integrity": f"sha512-{_id(draw)}",
            "dev": True,
        }
        for number in range(draw.randrange(20, 200))
    }
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


def _locale(draw: random.Random) -> str:
    return json.dumps({"type": "Art", "event": "Ereignis", **_words(draw, 60)}, indent=4, ensure_ascii=False)


def _commented(draw: random.Random) -> str:
    return f'{{\n  // {draw.choice(_WORDS)}\n  "compilerOptions": {{\n    "strict": true, /* yes */\n  }},\n}}\n'


def _openapi(draw: random.Random) -> str:
    schema = {"type": "object", "properties": {word: {"type": "string", "example": _id(draw)} for word in _WORDS}}
    paths = {
        f"/v1/{word}": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
        for word in _WORDS[:6]
    }
    return json.dumps({"openapi": "3.1.0", "info": {"title": "shop"}, "paths": paths}, indent=2)


def _queue(draw: random.Random) -> str:
    body = json.dumps({"type": "group", "id": _id(draw), "payload": _words(draw, 5)})
    return json.dumps({"Records": [{"messageId": _id(draw), "body": body, "eventSource": "aws:sqs"} for _ in range(5)]})


def _webhook(draw: random.Random) -> str:
    payload = {"action": "created", "repository": {"id": draw.randrange(99), **_words(draw, 10)}}
    return json.dumps(
        {"event": "push", "payload": payload, "detail": {"type": "page"}, "input": {"name": "x"}}, indent=2
    )


def _capture(draw: random.Random) -> str:
    entries = [
        {
            "request": {
                "method": "POST",
                "url": f"https://api.example.com/{draw.choice(_WORDS)}",
                "postData": {"mimeType": "application/json", "text": json.dumps(_words(draw, 10))},
            },
            "response": {"status": 200, "content": {"text": json.dumps(_words(draw, 20))}},
        }
        for _ in range(10)
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}})


def _answers(draw: random.Random) -> str:
    pages = [{"type": "page", "title": draw.choice(_WORDS), "properties": _words(draw, 5)} for _ in range(5)]
    return json.dumps({"batch": pages, "context": {"locale": "de"}}, indent=2)


def _lines(draw: random.Random) -> str:
    logged = (
        {"level": "info", "event": draw.choice(_WORDS), "userId": _id(draw), **_words(draw, 4)} for _ in range(10)
    )
    return "".join(f"{json.dumps(line)}\n" for line in logged)


def _manifest(draw: random.Random) -> str:
    containers = "".join(
        f"      - name: {draw.choice(_WORDS)}-{number}\n        image: registry.example.com/{_id(draw)[:12]}:latest\n"
        f"        env: [{{name: EVENT, value: {draw.choice(_WORDS)}}}]\n"
        for number in range(6)
    )
    head = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {draw.choice(_WORDS)}}}\n"
    return f"{head}spec:\n  template:\n    spec:\n      containers:\n{containers}"


def _template(draw: random.Random) -> str:
    name = f"{{{{ .Release.Name }}}}-{draw.choice(_WORDS)}"
    return f"{{{{- if .Values.enabled }}}}\nkind: Job\nmetadata:\n  name: {name}\n{{{{- end }}}}\n"


def _workflow(draw: random.Random) -> str:
    steps = "".join(
        f"      - name: {draw.choice(_WORDS)}\n        run: make {draw.choice(_WORDS)}\n" for _ in range(10)
    )
    return f"name: test\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"


_KINDS: list[tuple[str, Callable[[random.Random], str]]] = [
    (".json", _package),
    (".json", _lock),
    (".json", _locale),
    (".json", _commented),
    (".json", _openapi),
    (".json", _queue),
    (".json", _webhook),
    (".json", _capture),
    (".json", _answers),
    (".json", _lines),
    (".yaml", _manifest),
    (".yaml", _template),
    (".yml", _workflow),
]
