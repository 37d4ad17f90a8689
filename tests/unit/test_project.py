"""Reading a project: settings, YAML, contracts, vars; what each mistake says and where."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sqlseed import workspace
from sqlseed.errors import ErrorList, SqlseedError
from sqlseed.model import ForeignKey, Index
from tests.unit.towns import FILES, open_towns


def mistake(folder: Path, changes: dict[str, str], **options: object) -> str:
    with pytest.raises(SqlseedError) as raised:
        open_towns(folder, changes, **options)
    return str(raised.value)


def models(text: str) -> dict[str, str]:
    return {"models/models.yml": f"models:\n{text}\n"}


def test_what_is_read(tmp_path: Path) -> None:
    project = open_towns(tmp_path).project
    assert project.name == "towns"
    assert project.global_seed == 7
    assert project.vars["as_of"] == dt.date(2026, 1, 31)
    assert list(project.models) == ["bill", "house", "total"]
    assert list(project.seeds) == ["colours", "towns", "years"]
    assert project.models["house"].fqn == ("towns", "house")
    assert project.models["bill"].contract.foreign_keys == (ForeignKey(("house_id",), "house", ("id",)),)
    assert not project.models["bill"].contract.columns[0].nullable


def test_settings_in_pyproject(tmp_path: Path) -> None:
    settings = FILES["sqlseed.toml"].replace(
        '\n        name = "towns"', '\n        [tool.sqlseed]\n        name = "towns"'
    )
    for table in ("vars", "presets.big", "dimensions.town", "dimensions.year"):
        settings = settings.replace(f"[{table}]", f"[tool.sqlseed.{table}]")
    project = open_towns(tmp_path, {"sqlseed.toml": "", "pyproject.toml": settings}).project
    assert project.presets == {"big": {"houses": 9}}


def test_the_project_is_found_from_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = open_towns(tmp_path).project.root
    monkeypatch.chdir(root / "models")
    assert workspace.load(env={}).project.root == root
    with pytest.raises(SqlseedError, match="no sqlseed project in"):
        workspace.load(root / "models", env={})


def test_a_dbt_project_is_told_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    with pytest.raises(SqlseedError, match=r"write its `name` and `profile` into sqlseed\.toml"):
        workspace.load(tmp_path, env={})


def test_indexes_and_actions(tmp_path: Path) -> None:
    text = models("""
          - name: house
            columns:
              - {name: id, data_type: text, constraints: [{type: not_null}, {type: unique}]}
              - {name: town, data_type: text}
            constraints:
              - {type: primary_key, columns: [id]}
            indexes: [{columns: [town, id]}]
          - name: bill
            columns:
              - {name: id, data_type: integer, constraints: [{type: primary_key}]}
              - name: house_id
                data_type: text
                constraints:
                  - {type: foreign_key, to: ref('house'), to_columns: [id], on_delete: cascade, on_update: CASCADE}
          - name: total
            columns: [{name: code, data_type: text}, {name: bills, data_type: bigint}]
        """)
    contracts = {name: model.contract for name, model in open_towns(tmp_path, text).project.models.items()}
    assert contracts["house"].indexes == (Index(("id",), unique=True), Index(("town", "id")))
    assert contracts["bill"].foreign_keys == (ForeignKey(("house_id",), "house", ("id",), "cascade", "cascade"),)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('name = "a"\nnmae = 1', "sqlseed.toml:2: unknown setting 'nmae'\n    nmae = 1"),
        ("seed = 1", "name is missing"),
        ('name = "a"\nseed = "x"', "setting 'seed' must be a whole number, not 'x'"),
        ('name = "a"\nvars = 3', "setting 'vars' must be a table, not 3"),
        ('name = "a"\n[vars]\nx = [1]', "var 'x' must be a text, number, boolean or date"),
        ('name = "a"\n[vars]\n"x y" = 1', "var 'x y': a name has letters, digits and underscores"),
        ('name = "a"\n[presets.p]\nx = 1', "preset 'p' sets an undeclared var 'x'"),
        ('name = "a"\npresets.p = 1', "preset 'p' must be a table of vars"),
        ('name = "a"\ndefault_preset = "p"', "default_preset 'p' is no preset"),
        ('name = "a"\n[dimensions.d]\nkey = "k"', "dimension 'd': seed 'None' is no seed"),
        ('name = "a"\n[dimensions.d]\nseed = "twons"\nkey = "k"', "did you mean 'towns'?"),
        ('name = "a"\n[dimensions.d]\nseed = "towns"', "dimension 'd': key is missing"),
        ('name = "a"\n[dimensions.d]\nseed = "towns"\nkey = "code"\nfilt = "x"', "unknown key 'filt'"),
        ('name = "a"\n[dimensions.var]\nseed = "towns"\nkey = "code"', "dimension 'var': not usable as a name"),
        ('name = "a"\ndimensions.d = 1', "dimension 'd' must be a table"),
        ('name = "a\n', "sqlseed.toml:1: not valid TOML"),
    ],
)
def test_a_mistake_in_the_settings(tmp_path: Path, settings: str, message: str) -> None:
    assert message in mistake(tmp_path, {"sqlseed.toml": settings})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  - {name: house, colums: []}", "models/models.yml:2: model 'house': the entry has an unknown key 'colums'"),
        ("  - {nme: house}", "an entry of 'models' has no name"),
        ("  - {name: hose, columns: []}", "describes a model 'hose' that does not exist"),
        ("  - {name: house}\n  - {name: house}", "'house' is described in models/models.yml already"),
        ("  - {name: house, columns: 3}", "'columns' must be a list"),
        ("  - {name: house, columns: [{data_type: text}]}", "a column has no name"),
        ("  - {name: house, columns: [{name: id, default: 1}]}", "column 'id' has no data_type"),
        ("  - {name: house, columns: [3]}", "a column must be a mapping, not 3"),
        (
            "  - {name: house, columns: [{name: a, data_type: text}, {name: a, data_type: text}]}",
            "column 'a' stands twice",
        ),
        (
            "  - {name: house, columns: [{name: a, data_type: text, constraints: [{type: notnull}]}]}",
            "unknown constraint type 'notnull'",
        ),
        ("  - {name: house, columns: [], constraints: [{type: unique}]}", "constraint unique names no columns"),
        (
            "  - {name: house, columns: [{name: a, data_type: text}], constraints: [{type: unique, columns: [b]}]}",
            "a constraint names no column 'b'",
        ),
        (
            (
                "  - {name: house, columns: [{name: a, data_type: text, constraints: [{type: primary_key}]}],"
                " constraints: [{type: primary_key, columns: [a]}]}"
            ),
            "has two primary keys",
        ),
        (
            "  - {name: house, columns: [{name: a, data_type: text, constraints: [{type: foreign_key, to: '?'}]}]}",
            "foreign_key needs to: ref('model')",
        ),
        (
            "  - {name: house, columns: [{name: a, data_type: text, constraints: [{type: foreign_key, to: bill}]}]}",
            "foreign_key needs as many to_columns as columns",
        ),
        (
            (
                "  - {name: house, columns: [{name: a, data_type: text,"
                " constraints: [{type: foreign_key, to: bill, to_columns: [id], on_delete: explode}]}]}"
            ),
            "unknown action 'explode'",
        ),
        (
            (
                "  - {name: house, columns: [{name: a, data_type: text,"
                " constraints: [{type: foreign_key, to: bil, to_columns: [id]}]}]}"
            ),
            "foreign key to 'bil': no such model",
        ),
        (
            (
                "  - {name: bill, columns: [{name: a, data_type: text}]}\n"
                "  - {name: house, columns: [{name: a, data_type: text,"
                " constraints: [{type: foreign_key, to: bill, to_columns: [id]}]}]}"
            ),
            "foreign key to 'bill': no column 'id'",
        ),
    ],
)
def test_a_mistake_in_a_contract(tmp_path: Path, text: str, message: str) -> None:
    assert message in mistake(tmp_path, models(text))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models/deep/house.sql": "select 1"}, "model 'house' is also"),
        ({"models/1house.sql": "select 1"}, "the name '1house' is not usable"),
        ({"models/checkpoint.sql": "select 1"}, "one of sqlseed's own tables"),
        ({f"models/{'a' * 60}.sql": "select 1"}, "too long for PostgreSQL"),
        ({"seeds/house.csv": "a\n1\n"}, "the name 'house' is taken by models/house.sql"),
        ({"models/seeds.yml": "modles: []\n"}, "unknown key 'modles'"),
        ({"models/seeds.yml": "models: 3\n"}, "'models' must be a list"),
        ({"models/seeds.yml": "- 1\n"}, "found a list"),
        ({"seeds/other.yml": "seeds: [{name: nope}]\n"}, "describes a seed 'nope' that does not exist"),
        ({"selectors.yml": "selectors: [{name: x}]\n"}, "a selector has a name and a definition"),
    ],
)
def test_a_mistake_in_the_files(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    assert message in mistake(tmp_path, changes)


def test_errors_of_several_files_come_in_one_go(tmp_path: Path) -> None:
    changes = {"models/a.yml": "models: 3\n", "models/b.yml": "x: 1\n"}
    with pytest.raises(ErrorList) as raised:
        open_towns(tmp_path, changes)
    assert [error.path for error in raised.value.errors] == ["models/a.yml", "models/b.yml"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"houses": 5}, 5),
        ({"houses": "5"}, 5),
        ({}, 3),
    ],
)
def test_vars(tmp_path: Path, given: dict[str, object], expected: int) -> None:
    assert open_towns(tmp_path, vars=given).variables["houses"] == expected


def test_vars_override_the_preset(tmp_path: Path) -> None:
    assert open_towns(tmp_path, preset="big").variables["houses"] == 9
    assert open_towns(tmp_path, preset="big", vars={"houses": 4}).variables["houses"] == 4
    both = {"loud": "true", "as_of": "2025-05-05", "greeting": 12}
    assert open_towns(tmp_path, vars=both).variables == {
        "houses": 3,
        "greeting": "12",
        "as_of": dt.date(2025, 5, 5),
        "loud": True,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "bigg"}, "no preset is called 'bigg'"),
        ({"vars": {"house": 1}}, "var 'house' is not declared"),
        ({"vars": {"houses": "many"}}, "var 'houses' must be a whole number, not 'many'"),
        ({"vars": {"houses": True}}, "var 'houses' must be a whole number, not True"),
        ({"vars": {"as_of": "soon"}}, "var 'as_of' must be a date (YYYY-MM-DD), not 'soon'"),
        ({"vars": {"loud": 1}}, "var 'loud' must be true or false, not 1"),
        ({"vars": {"greeting": {"a": 1}}}, "var 'greeting' must be a text"),
    ],
)
def test_a_mistake_in_the_vars(tmp_path: Path, options: dict[str, object], message: str) -> None:
    assert message in mistake(tmp_path, {}, **options)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models/deep/House.sql": "select 1"}, "upper and lower case make no difference"),
        ({"seeds/HOUSE.csv": "a\n1\n"}, "the name 'HOUSE' is taken by models/house.sql"),
        ({"models/has space.sql": "select 1"}, "the name 'has space' is not usable"),
        ({"models/a'b.sql": "select 1"}, "not usable: letters, digits and underscores"),
    ],
)
def test_names_that_databases_would_confuse(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    assert message in mistake(tmp_path, changes)


@pytest.mark.parametrize("folder", ["models", "seeds", "macros"])
def test_nothing_outside_the_project_is_read(tmp_path: Path, folder: str) -> None:
    root = open_towns(tmp_path / "a").project.root
    (tmp_path / "secret.sql").write_text("select 1", encoding="utf-8")
    (root / folder).mkdir(exist_ok=True)
    suffix = ".csv" if folder == "seeds" else ".sql"
    (root / folder / f"stolen{suffix}").symlink_to(tmp_path / "secret.sql")
    with pytest.raises(SqlseedError) as raised:
        list(workspace.load(root, env={}).project.seeds.values())
    assert "outside the project" in str(raised.value)


def test_a_wrong_contract_makes_no_other_errors(tmp_path: Path) -> None:
    """A foreign key to a model whose own contract is wrong is not called one to no model."""
    changes = {
        "models/house.yml": "",
        "models/models.yml": FILES["models/models.yml"].replace("{name: town, ", "{nme: town, "),
    }
    text = mistake(tmp_path, changes)
    assert "a column has an unknown key 'nme'" in text
    assert "no such model" not in text


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_a_var_that_no_database_stores(tmp_path: Path, value: str) -> None:
    assert "holds a NUL byte or half a character" in mistake(tmp_path, {}, vars={"greeting": value})
