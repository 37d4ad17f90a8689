"""Read a project folder, once, into a `Project`: settings, models, seeds, macros, and the YAML that describes them."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlseed import cache, contract, files, seeds, testfiles, unitfiles, variables, yamlfile
from sqlseed.errors import ProjectError, SqlseedError, did_you_mean, raise_all
from sqlseed.model import Contract, Dimension, ModelFile, Project, Seed

_SETTINGS = ("name", "profile", "seed", "vars", "presets", "default_preset", "dimensions", "health")
_FOLDERS = {
    "models": (".sql", ".yml", ".yaml"),
    "macros": (".sql",),
    "seeds": (".csv", ".yml", ".yaml"),
    "tests": (".sql", ".csv"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_MAX_NAME_BYTES = 63  # PostgreSQL cuts longer identifiers without a word
_RESERVED_DIMENSIONS = ("var", "this", "target", "salt", "config")


def find_root(start: Path, *, upwards: bool = True) -> Path:
    """The folder `start`, or the nearest one above it, that holds a project; raises ProjectError if there is none."""
    start = start.resolve()
    for folder in (start, *(start.parents if upwards else ())):
        if (folder / "sqlseed.toml").is_file() or _has_tool_table(folder / "pyproject.toml"):
            return folder
    hint = "`sqlseed init` writes a new one; --project-dir names another folder"
    if (start / "dbt_project.yml").is_file():
        hint = "sqlseed does not read dbt_project.yml: write its `name` and `profile` into sqlseed.toml"
    raise ProjectError(
        f"no sqlseed project in {start}{' or above' if upwards else ''}:"
        " neither sqlseed.toml nor [tool.sqlseed] in pyproject.toml",
        hint=hint,
    )


def load_project(root: Path) -> Project:
    """Everything in the project folder except the seeds' rows, which are read when first asked for.

    Raises ProjectError, or an ErrorList of all files' errors.
    """
    found = digest(root)
    parts = None if found is None else [str(root), found]
    return cache.value("project", parts, lambda: replace(_read_project(root), digest=found), is_unchanged)


def digest(root: Path) -> str | None:
    """A SHA-256 of all files that a project is read from; None where one of them cannot be read."""
    names = [name for name in ("sqlseed.toml", "pyproject.toml", "selectors.yml") if (root / name).exists()]
    for folder, suffixes in _FOLDERS.items():
        names += files.walk(root, folder, *suffixes)
    try:
        return cache.digest(part for name in names for part in (name, files.read_bytes(root / name, name)))
    except ProjectError:
        return None


def is_unchanged(project: Project) -> bool:
    """Whether a project's files still are what they were when it was read."""
    return project.digest is not None and digest(project.root) == project.digest


def _read_project(root: Path) -> Project:
    settings, path = _read_settings(root)
    errors: list[SqlseedError] = []
    patches = _read_yaml(root, errors)
    raise_all(errors)
    models = _read_models(root, settings["name"], patches["models"], errors)
    seed_files = _seed_files(root, models, patches["seeds"], errors)
    sources = [*files.walk(root, "macros", ".sql"), *files.walk(root, "tests/generic", ".sql")]
    macros = {relative: testfiles.as_macros(files.read_text(root, relative)) for relative in sources}
    texts = {path: files.read_text(root, path) for path in testfiles.singular_paths(files.walk(root, "tests", ".sql"))}
    taken = {name: model.path for name, model in models.items()} | seed_files
    tests = testfiles.read_all(settings["name"], patches, macros, texts, taken, errors)
    taken |= {name: test.path for name, test in tests.items()}
    units = unitfiles.read_all(root, settings["name"], models, taken, errors)
    raise_all(errors)
    lookup = _Seeds(root, seed_files, patches["seeds"])
    with _placed(files.read_text(root, path)):
        dimensions = _dimensions(settings.get("dimensions", {}), lookup, path)
    return Project(
        root=root,
        name=settings["name"],
        profile=settings.get("profile", "sqlseed"),
        vars=settings.get("vars", {}),
        presets=settings.get("presets", {}),
        default_preset=settings.get("default_preset"),
        global_seed=settings.get("seed", 1),
        dimensions=dimensions,
        models=models,
        seeds=lookup,
        macros=macros,
        selectors=_read_selectors(root),
        tests=tests,
        unit_tests=units,
        health=settings.get("health", {}),
    )


class _Seeds(Mapping[str, Seed]):
    """The seeds by name; each file is read when it is first asked for, and only once."""

    def __init__(self, root: Path, paths: Mapping[str, str], patches: Mapping[str, tuple[Any, str]]) -> None:
        self._root, self.paths, self._patches = root, dict(sorted(paths.items())), patches
        self._read: dict[str, Seed | SqlseedError] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_read": {}}

    def __getitem__(self, name: str) -> Seed:
        if name not in self._read:
            properties, path = self._patches.get(name, (None, None))
            try:
                self._read[name] = seeds.read_seed(self._root, self.paths[name], properties, path)
            except SqlseedError as error:
                self._read[name] = error
        found = self._read[name]
        if isinstance(found, SqlseedError):
            raise found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __contains__(self, name: object) -> bool:
        return name in self.paths


# --- settings ------------------------------------------------------------------------------------------


def _read_settings(root: Path) -> tuple[dict[str, Any], str]:
    path = "sqlseed.toml" if (root / "sqlseed.toml").is_file() else "pyproject.toml"
    text = files.read_text(root, path)
    data = _parse_toml(text, path)
    with _placed(text):
        return _checked_settings(data, path), path


def _checked_settings(data: dict[str, Any], path: str) -> dict[str, Any]:
    settings = data if path == "sqlseed.toml" else data.get("tool", {}).get("sqlseed", {})
    table = "" if path == "sqlseed.toml" else "tool.sqlseed."
    for key in settings:
        if key not in _SETTINGS:
            raise ProjectError(f"unknown setting '{table}{key}'", path=path, hint=did_you_mean(key, _SETTINGS))
    name = settings.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ProjectError(f"{table}name is missing: every project has a name", path=path, hint='name = "my_project"')
    _check_type(settings, "profile", str, path)
    _check_type(settings, "seed", int, path)
    for key in ("vars", "presets", "dimensions", "health"):
        _check_type(settings, key, dict, path)
    variables.check_declared(settings, path)
    return settings


@contextlib.contextmanager
def _placed(text: str) -> Iterator[None]:
    """Gives an error of the block the line of the setting that it quotes: the TOML reader knows no lines."""
    try:
        yield
    except ProjectError as error:
        for name in reversed(re.findall(r"'([\w.]+)'", error.message) if error.line is None else []):
            key = re.escape(name.rpartition(".")[2])
            found = re.search(rf'^[ \t]*(?:\[[\w.\- ]*?)?"?\b{key}"?\s*[=\].]', text, re.MULTILINE)
            if found:
                error.line = text.count("\n", 0, found.start()) + 1
                error.source = text.split("\n")[error.line - 1]
                break
        raise


def _has_tool_table(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        return "sqlseed" in tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        return "[tool.sqlseed" in path.read_text("utf-8", "replace")


def _parse_toml(text: str, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(found[1]) if found else None
        source = text.split("\n")[line - 1] if line else None
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise ProjectError(f"not valid TOML: {message}", path=path, line=line, source=source) from None


def _check_type(settings: Mapping[str, Any], key: str, kind: type, path: str) -> None:
    value = settings.get(key)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        wanted = {str: "a text", int: "a whole number", dict: "a table"}[kind]
        raise ProjectError(f"setting '{key}' must be {wanted}, not {value!r}", path=path)


def _dimensions(tables: Mapping[str, Any], lookup: Mapping[str, Seed], path: str) -> dict[str, Dimension]:
    dimensions: dict[str, Dimension] = {}
    for name, table in tables.items():
        where = f"dimension '{name}'"
        if not _NAME.match(name) or name in _RESERVED_DIMENSIONS:
            raise ProjectError(f"{where}: not usable as a name", path=path)
        if not isinstance(table, dict):
            raise ProjectError(f"{where} must be a table", path=path, hint='seed = "branches", key = "id"')
        for key in table:
            if key not in ("seed", "key", "filter"):
                raise ProjectError(
                    f"{where}: unknown key '{key}'", path=path, hint=did_you_mean(key, ["seed", "key", "filter"])
                )
        seed = table.get("seed")
        if not isinstance(seed, str) or seed not in lookup:
            raise ProjectError(f"{where}: seed '{seed}' is no seed", path=path, hint=did_you_mean(str(seed), lookup))
        if not isinstance(table.get("key"), str):
            raise ProjectError(f"{where}: key is missing: the seed's column that names a slice", path=path)
        dimensions[name] = Dimension(name, seed, table["key"], table.get("filter"))
    return dimensions


# --- files ---------------------------------------------------------------------------------------------


def _read_yaml(root: Path, errors: list[SqlseedError]) -> dict[str, dict[str, tuple[Any, str]]]:
    """What YAML says of models and seeds: kind -> name -> (properties, path)."""
    patches: dict[str, dict[str, tuple[Any, str]]] = {"models": {}, "seeds": {}}
    for relative in files.walk(root, "models", ".yml", ".yaml") + files.walk(root, "seeds", ".yml", ".yaml"):
        try:
            _read_patches(root, relative, patches)
        except SqlseedError as error:
            errors.append(error)
    return patches


def _read_patches(root: Path, relative: str, patches: dict[str, dict[str, tuple[Any, str]]]) -> None:
    data = yamlfile.load_mapping(files.read_text(root, relative), relative, "models: or seeds:")
    for kind, entries in data.items():
        if kind in ("version", unitfiles.KEY):
            continue
        if kind not in patches:
            raise ProjectError(
                f"unknown key '{kind}'",
                path=relative,
                line=data.lines.get(kind),
                hint=did_you_mean(str(kind), ["models", "seeds", "unit_tests", "version"]),
            )
        if not isinstance(entries, list):
            raise ProjectError(
                f"'{kind}' must be a list of entries with a name",
                path=relative,
                line=data.lines[kind],
                hint=f"{kind}: [{{name: ...}}]",
            )
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                line = getattr(entry, "line", data.lines[kind])
                raise ProjectError(f"an entry of '{kind}' has no name", path=relative, line=line)
            name = entry["name"]
            if name in patches[kind]:
                raise ProjectError(
                    f"'{name}' is described in {patches[kind][name][1]} already",
                    path=relative,
                    line=getattr(entry, "line", None),
                )
            patches[kind][name] = (entry, relative)


def _read_models(
    root: Path, project: str, patches: Mapping[str, tuple[Any, str]], errors: list[SqlseedError]
) -> dict[str, ModelFile]:
    models: dict[str, ModelFile] = {}
    folded: dict[str, str] = {}
    for relative in files.walk(root, "models", ".sql"):
        try:
            model = _read_model(root, relative, project, patches)
            other = folded.setdefault(model.name.lower(), relative)
            if other != relative:
                hint = "rename one of them; upper and lower case make no difference"
                raise ProjectError(f"model '{model.name}' is also {other}", path=relative, hint=hint)
            models[model.name] = model
        except SqlseedError as error:
            errors.append(error)
    for name, (entry, path) in patches.items():
        if name not in models and not errors:
            errors.append(
                ProjectError(
                    f"describes a model '{name}' that does not exist",
                    path=path,
                    line=getattr(entry, "line", None),
                    hint=did_you_mean(name, models),
                )
            )
    for model in models.values() if not errors else ():
        errors += contract.check_references(model, models)
    return models


def _read_model(root: Path, relative: str, project: str, patches: Mapping[str, tuple[Any, str]]) -> ModelFile:
    stem = relative.rpartition("/")[2].rpartition(".")[0]
    check_name(stem, relative)
    entry, patch_path = patches.get(stem, (None, None))
    entry = {} if entry is None else entry
    shape = contract.read(entry, patch_path) if patch_path else Contract()
    config = entry.get("config") or {}
    if not isinstance(config, dict):
        line = getattr(entry, "line", None)
        raise ProjectError(f"model '{stem}': config must be a mapping, not {config!r}", path=patch_path, line=line)
    return ModelFile(
        name=stem,
        path=relative,
        fqn=(project, *relative.split("/")[1:-1], stem),
        raw_sql=files.read_text(root, relative),
        contract=shape,
        config=dict(config),
        description=str(entry.get("description") or "").strip(),
        patch_path=patch_path,
    )


def _seed_files(
    root: Path,
    models: Mapping[str, ModelFile],
    patches: Mapping[str, tuple[Any, str]],
    errors: list[SqlseedError],
) -> dict[str, str]:
    paths: dict[str, str] = {}
    taken = {name.lower(): model.path for name, model in models.items()}
    for relative in files.walk(root, "seeds", ".csv"):
        stem = relative.rpartition("/")[2].rpartition(".")[0]
        try:
            check_name(stem, relative)
            other = taken.setdefault(stem.lower(), relative)
            if other != relative:
                raise ProjectError(f"the name '{stem}' is taken by {other}", path=relative, hint="rename one of them")
            paths[stem] = relative
        except SqlseedError as error:
            errors.append(error)
    for name, (entry, path) in patches.items():
        if name not in paths:
            line = getattr(entry, "line", None)
            hint = did_you_mean(name, paths)
            errors.append(
                ProjectError(f"describes a seed '{name}' that does not exist", path=path, line=line, hint=hint)
            )
    return paths


def _usable(name: str) -> str:
    """What to call a file instead."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    plain = f"n{plain}" if plain[:1].isdigit() else plain
    return f"rename it, for example to {plain}" if plain else "rename it"


def check_name(name: str, path: str) -> None:
    """Raises ProjectError unless `name` is usable as a model's or seed's name."""
    if not _NAME.match(name):
        raise ProjectError(
            f"the name '{name}' is not usable: letters, digits and underscores, not starting with a digit",
            path=path,
            hint=_usable(name),
        )
    size = len(name.encode()) + len("__slots")
    if size > _MAX_NAME_BYTES:
        raise ProjectError(
            f"the name '{name}' is too long for PostgreSQL: {size} of 63 bytes with '__slots'", path=path
        )
    if name in ("checkpoint", "identity", "key_range", "project"):
        raise ProjectError(f"the name '{name}' is one of sqlseed's own tables", path=path, hint="rename the file")


def _read_selectors(root: Path) -> dict[str, Any]:
    if not (root / "selectors.yml").is_file():
        return {}
    data = yamlfile.load_mapping(files.read_text(root, "selectors.yml"), "selectors.yml", "selectors:")
    found: dict[str, Any] = {}
    for entry in data.get("selectors") or []:
        if not isinstance(entry, dict) or "name" not in entry or "definition" not in entry:
            line = getattr(entry, "line", None)
            raise ProjectError("a selector has a name and a definition", path="selectors.yml", line=line)
        found[str(entry["name"])] = entry["definition"]
    return found
