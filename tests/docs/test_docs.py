"""The documentation says what the program does: these tests fail where a page is stale.

Generated blocks (help texts, compiled SQL, ...) are written again by `python -m tests.docs.blocks`.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

from benchmarks import __main__ as benchmarks
from sqlseed import api, celltypes, contract, generics, pgurl, profile, project, seeds, selector_methods
from sqlseed.assertion import DataTestConfig
from sqlseed.cli import cli
from sqlseed.events import EventKind, Status
from sqlseed.macros import Macros
from sqlseed.model import Config, KeyKind, Materialized
from sqlseed.report import ExitCode
from tests.docs import blocks
from tests.support import ROOT, write_project

PAGES = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in blocks.documents()}
ALL = "\n".join(PAGES.values())
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMON = {"--project-dir", "--profiles-dir", "--target", "-t", "--threads", "--vars", "--preset", "--help", "-h"}


def page(name: str) -> str:
    return PAGES[f"docs/{name}.md"]


def is_named(name: str, text: str) -> bool:
    """Whether `name` stands in the text as code: within backticks, or in a code block."""
    codes = [*re.findall(r"`([^`\n]+)`", text), *(body for _, body in _FENCE.findall(text))]
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code) for code in codes)


def undocumented(names: Iterator[str] | list[str], text: str) -> list[str]:
    return [name for name in names if not is_named(name, text)]


# --- generated blocks -------------------------------------------------------------------------------------

GENERATED = [
    pytest.param(kind, argument, body, id=f"{name}:{kind} {argument}")
    for name, text in PAGES.items()
    for kind, argument, body in blocks.generated(text)
    if kind not in blocks.SLOW
]


@pytest.mark.parametrize(("kind", "argument", "body"), GENERATED)
def test_generated_block_is_fresh(kind: str, argument: str, body: str):
    assert body == blocks.make(kind, argument), "stale: run `python -m tests.docs.blocks`"


def test_every_command_has_its_help_in_the_docs():
    shown = {argument for kind, argument, _ in blocks.generated(page("commands")) if kind == "help"}
    assert shown == {"", *cli.commands}


def test_every_macro_has_an_example_with_its_sql():
    shown = [argument for kind, argument, _ in blocks.generated(page("models")) if kind == "macro"]
    assert {call.partition("(")[0] for call in shown} == set(Macros.names())


# --- README ------------------------------------------------------------------------------------------------


def test_readme_begins_with_the_two_commands():
    top = "\n".join(PAGES["README.md"].split("\n")[:40])
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/sqlseed build\n" in top
    marked = re.search(r"<!-- test-command -->\n```sh\n(.+)\n```\n<!-- /test-command -->", top)
    assert marked
    assert marked[1] == "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest -n 2"
    assert re.search(r"^=+ [0-9]+ passed.* in [0-9.]+s.* =+$", top, re.MULTILINE), "the last line of the tests"


def test_readme_shows_the_build_of_the_reference_project():
    (shown,) = [body for kind, _, body in blocks.generated(PAGES["README.md"]) if kind == "build-output"]
    compiled = api.load(ROOT, env={}).compiled
    stale = "stale: run `python -m tests.docs.blocks --build`"
    tables = [model for model in compiled.values() if model.config.materialized is Materialized.TABLE]
    assert f" rows in {len(tables)} tables" in shown, stale
    assert f"\n{len(compiled)} models, " in shown, stale
    names = {model.config.table for model in tables} | {f"({name})" for name in compiled}
    assert set(re.findall(r"^  ([A-Z(]\S+)  ", shown, re.MULTILINE)) <= names, stale


def test_readme_lists_every_command_and_exit_code():
    readme = PAGES["README.md"]
    listed = re.findall(r"^\| `sqlseed ([\w-]+)", readme, re.MULTILINE)
    assert sorted(listed) == sorted(cli.commands)
    for text in (readme, page("commands")):
        codes = {int(code) for code in re.findall(r"^\| ([0-9]+)", text, re.MULTILINE)}
        assert codes >= {int(code) for code in ExitCode}


# --- what there is is documented ---------------------------------------------------------------------------


def test_config_keys():
    settings = [field.name for field in fields(Config) if field.name != "whole"]  # which follows from the contract
    assert undocumented(settings, page("models")) == []
    assert undocumented([*KeyKind, *Materialized], page("models")) == []


def test_settings():
    assert undocumented([*project._SETTINGS, "filter", "key"], page("project")) == []


@pytest.mark.parametrize("engine", sorted(profile._KEYS))
def test_profile_keys(engine: str):
    assert undocumented(sorted(profile._KEYS[engine]), page("project")) == []


def test_parameters_of_prismas_urls():
    assert undocumented(sorted(pgurl.PRISMA), page("project")) == []


def test_contract_and_seed_keys():
    keys = [
        *contract._MODEL_KEYS,
        *contract._COLUMN_KEYS,
        *contract._CONSTRAINT_KEYS,
        *contract._CONSTRAINTS,
        *contract._ACTIONS,
        *seeds._KEYS,
        *seeds._CONFIG_KEYS,
        *seeds._SLOT_KEYS,
    ]
    assert undocumented(list(dict.fromkeys(keys)), page("project")) == []


def test_types_of_seeds():
    assert undocumented(sorted(celltypes._READERS), page("project")) == []


def test_selection_methods_and_their_values():
    methods = [*selector_methods._METHODS, *selector_methods._FACTS]
    missing = [method for method in methods if f"`{method}:" not in page("selection").replace("config.", "config:")]
    assert missing == []
    values = {value for words in selector_methods._WORDS.values() for value in words}
    assert undocumented(sorted(values - {"pass", "warn", "fail"}), page("selection")) == []


def test_generic_tests_with_their_arguments_and_settings():
    arguments = {argument for name in generics.names() for argument in generics.parameters(name)}
    settings = [field.name for field in fields(DataTestConfig)]
    assert undocumented([*generics.names(), *sorted(arguments), *settings], page("tests")) == []


def test_events_and_statuses():
    assert undocumented([*EventKind, *Status], page("commands")) == []


def test_json_keys_of_results(tmp_path: Path):
    """The first level of each `--output json`."""
    from sqlseed import facts

    write_project(tmp_path, blocks.MACRO_PROJECT | {"models/marks.sql": "select {{ key('1') }} as id"})
    workspace = api.load(tmp_path, env={})
    shapes = [
        facts.nodes(api.ls(workspace), workspace.graph)[0],
        facts.models(api.compile(workspace, write=False))[0],
        facts.plan(api.plan(workspace)),
        facts.plan(api.plan(workspace))["slices"][0],
        facts.build(api.build(workspace, dry_run=True)),
        facts.removed(api.CleanResult({}, 0, False)),
    ]
    assert undocumented([key for shape in shapes for key in shape], page("commands")) == []


def test_public_functions():
    assert undocumented([name for name in api.__all__ if name[0].islower()], page("python")) == []


# --- what is documented exists -----------------------------------------------------------------------------


PROSE = ("writes",)  # words that follow `sqlseed` in the comments of examples


def command_lines() -> Iterator[tuple[str, str]]:
    """(page, line) of every command in the docs: in code blocks, and in backticks."""
    for name, text in PAGES.items():
        without_output = re.sub(r"<!-- generated: .*?-->\n```.*?```", "", text, flags=re.DOTALL)
        codes = [line for _, body in _FENCE.findall(without_output) for line in body.split("\n")]
        codes += [line for line in without_output.split("\n") if line.startswith("    ")]
        codes += re.findall(r"`([^`\n]+)`", without_output)
        for code in codes:
            found = re.search(r"(?:^|[\s/(])sqlseed ((?:[a-z-]+|--version|--help)\b.*)$", code.strip())
            if found and not re.match(r"\w+ = |#", code.strip()) and re.split(r"\W", found[1])[0] not in PROSE:
                yield name, re.split(r" +# |&&|\||\)\"|;|$", found[1])[0].strip()


LINES = sorted(set(command_lines()))


@pytest.mark.parametrize(("name", "line"), LINES, ids=[f"{name}:{line}" for name, line in LINES])
def test_command_in_the_docs_exists(name: str, line: str):
    words = shlex.split(line.replace("[", "").replace("]", ""))
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    if words[0].startswith("-") or words[0] == "COMMAND":
        return
    assert words[0] in cli.commands
    command: click.Command = cli.commands[words[0]]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
    dimensions = {"--branch", "--year", "--shop", "--region", "--month"}  # of the projects that the pages speak of
    assert [option for option in options if option not in known | dimensions] == []


def test_enough_commands_are_found():
    assert len(LINES) > 40  # the pattern above still sees them


def test_options_in_the_docs_exist():
    named = set(re.findall(r"`(--[a-z][a-z-]+)", ALL))
    known = {name for command in cli.commands.values() for parameter in command.params for name in parameter.opts}
    known |= set(benchmarks.options()._option_string_actions)
    elsewhere = {"--version", "--help", "--branch", "--year", "--shop", "--region", "--month", "--build"}
    assert named - known - elsewhere == set()


def test_relative_links_resolve():
    broken = []
    for name, text in PAGES.items():
        prose = _FENCE.sub("", text)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"\w+://|mailto:", target):
                continue
            path, _, anchor = target.partition("#")
            place = (ROOT / name).parent / path if path else ROOT / name
            if not place.exists():
                broken.append(f"{name}: {target}")
            elif anchor and anchor not in anchors(place.read_text("utf-8")):
                broken.append(f"{name}: {target} (no such heading)")
    assert broken == []


def anchors(text: str) -> set[str]:
    """The anchors that a reader of Markdown makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_index_leads_to_every_page():
    linked = set(re.findall(r"\]\(([\w.-]+)\.md\)", page("index")))
    assert linked == {Path(name).stem for name in PAGES if name.startswith("docs/")} - {"index"}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_fit_to_publish(name: str):
    text = PAGES[name]
    assert text.startswith("# ")
    for word in ("/work", "shared/", "/root", "/tmp", "pypi.org/simple", "files.pythonhosted", "TODO", "XXX", "\t"):
        assert word not in text
    assert not re.search(r"(?<!\w)#[0-9]{1,4}\b", _FENCE.sub("", text)), "a number of an issue"
    assert text.endswith("\n")
    long = [line for line in _FENCE.sub("", text).split("\n") if len(line) > 132 and not line.startswith("|")]
    assert long == []


# --- examples ----------------------------------------------------------------------------------------------


def fences(name: str, language: str) -> list[str]:
    return [body for found, body in _FENCE.findall(page(name)) if found == language]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_yaml_and_toml_blocks_parse(name: str):
    for language, body in _FENCE.findall(PAGES[name]):
        if language in ("yaml", "yml"):
            yaml.safe_load(body)
        elif language == "toml":
            tomllib.loads(body)


def test_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The blocks of docs/python.md, one after the other, in the project that `sqlseed init` writes."""
    api.init(tmp_path / "bookshops")
    monkeypatch.chdir(tmp_path / "bookshops")
    names: dict[str, object] = {}
    examples = fences("python", "python")
    assert len(examples) >= 4
    for example in examples:
        exec(compile(example, "docs/python.md", "exec"), names)


def test_quickstart(tmp_path: Path):
    """The steps of docs/quickstart.md."""
    folder = tmp_path / "bookshops"
    api.init(folder)
    before = api.build(folder, checksums=True)
    (line,), (model,), (contract_,) = (fences("quickstart", language) for language in ("text", "sql", "yaml"))
    with (folder / "seeds" / "shops.csv").open("a", encoding="utf-8") as file:
        file.write(line)
    plan = api.plan(folder).plan
    assert sorted(step.slice.model for step in plan.pending) == ["book_order", "customer", "order_line", "shop"]
    assert api.build(folder).success
    others = api.Selection(slices={"shop": ["harbour", "hill", "market"]})
    after = api.build(folder, others, checksums=True)
    assert [table.checksum for table in after.tables] == [table.checksum for table in before.tables]
    write_project(folder, {"models/visit.sql": model, "models/visit.yml": contract_})
    (visit,) = api.build(folder, api.Selection(select=["visit"])).tables
    assert visit.rows == 4 * 300
