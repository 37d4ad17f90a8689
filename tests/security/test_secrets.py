"""A password in the profile is in nothing that thirty failing commands print, write or send."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from sqlseed.pgurl import Secret
from tests.cli.conftest import Run, sqlseed, tiny
from tests.support import write_project

__all__ = ["sqlseed", "tiny"]

CANARY = "s3cr3t-ÄÖ/?@"
FORMS = {
    CANARY,
    quote(CANARY),
    quote(CANARY, safe=""),
    json.dumps(CANARY)[1:-1],
    base64.b64encode(CANARY.encode()).decode(),
    base64.urlsafe_b64encode(CANARY.encode()).decode(),
    "s3cr3t",
}
MODELS = {
    "division": "select 'a' as id, '' as pupil_id, (1 / (n - 1))::int as mark from generate_series(1, 2) as s(n)",
    "cast": "select 'a' as id, '' as pupil_id, ('x' || n)::int as mark from generate_series(1, 2) as s(n)",
    "key twice": "select 'a' as id, '' as pupil_id, n::int as mark from generate_series(1, 2) as s(n)",
    "syntax": "select 'a' as id,, 1 as mark",
    "template": "select {{ nope }} as id",
    "a bind": "select :nobody as id, '' as pupil_id, 1 as mark",
    "relation": "select id, '' as pupil_id, 1 as mark from nowhere",
}
HEAD = "{{ config(owner='id is not null', key_kind='natural') }}\n"
TARGETS = ("here", "no_db", "no_role", "no_tls", "closed", "unknown")
COMMANDS = [
    *(["build", "--target", target] for target in TARGETS),
    *(["plan", "--target", target] for target in TARGETS[1:]),
    *(["debug", "--target", target, "--output", "json"] for target in TARGETS[1:]),
    *(["clean", "--yes", "--target", target] for target in TARGETS[1:]),
    *(["test", "--target", target] for target in TARGETS[1:]),
    *(["audit-privacy", "--target", target] for target in TARGETS[1:]),
    *(["health", "--target", target] for target in TARGETS[1:]),
    ["build", "--target", "here", "--log-format", "json", "--output", "json"],
    ["plan", "--target", "here", "--vars", "nobody: 1"],
]


@pytest.fixture
def live(tiny: Path, postgres_url: str) -> Path:
    """The tiny project with outputs that have the canary as their password, each wrong in another way but for one."""
    with psycopg.connect(postgres_url) as connection:
        host, port, name = connection.info.host, connection.info.port, connection.info.dbname
    secret = quote(CANARY, safe="")

    def output(user: str, port: int, name: str, more: str = "") -> str:
        url = f"postgresql://{user}:{secret}@{host}:{port}/{name}{more}"
        return f'{{type: postgres, environment: dev, allow_superuser: true, url: "{url}"}}'

    outputs = {
        "here": output("postgres", port, name),
        "no_db": output("postgres", port, "nowhere"),
        "no_role": output("nobody_here", port, name),
        "no_tls": output("postgres", port, name, "?sslmode=require"),
        "closed": output("postgres", 1, name, "?connect_timeout=2"),
        "unknown": output("postgres", port, name, "?pasword=x"),
    }
    lines = "".join(f"    {key}: {value}\n" for key, value in outputs.items())
    write_project(tiny, {"profiles.yml": f"sqlseed:\n  outputs:\n{lines}"})
    (tiny / "profiles.yml").chmod(0o600)
    return tiny


def leaks(texts: dict[str, str]) -> list[str]:
    return [f"{place}: {form}" for place, text in texts.items() for form in FORMS if form in text]


def written(folder: Path) -> dict[str, str]:
    places = [*folder.glob("target/**/*"), *folder.parent.glob("sqlseed-bug-*")]
    return {str(path): path.read_text("utf-8", "replace") for path in places if path.is_file()}


@pytest.mark.parametrize("broken", MODELS)
def test_failing_models(live: Path, sqlseed: Run, caplog: pytest.LogCaptureFixture, broken: str):
    caplog.set_level(logging.DEBUG)
    write_project(live, {"models/marks.sql": HEAD + MODELS[broken] + "\n"})
    done = sqlseed("build", "--target", "here")
    assert done.rc in (1, 2)
    assert leaks({"out": done.stdout, "err": done.stderr, "log": caplog.text, **written(live)}) == []


def test_failing_commands(live: Path, sqlseed: Run, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    write_project(live, {"models/marks.sql": HEAD + MODELS["cast"] + "\n"})
    assert len(COMMANDS) + len(MODELS) >= 30
    for command in COMMANDS:
        done = sqlseed(*command)
        assert done.rc in (1, 2, 3, 4), (command, done.stdout, done.stderr)
        assert leaks({"out": done.stdout, "err": done.stderr, "log": caplog.text, **written(live)}) == [], command


def test_every_form_is_scrubbed():
    text = " ".join(sorted(FORMS - {"s3cr3t"}))
    assert leaks({"text": text}) != []
    assert leaks({"text": Secret(CANARY).scrub(text)}) == []
