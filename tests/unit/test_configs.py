"""A model's settings: where they come from, what they default to, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed.errors import SqlseedError
from sqlseed.model import Config, KeyKind, Materialized
from tests.unit.towns import open_towns

YAML = """
    models:
      - name: extra
        config: {CONFIG}
        columns: [{name: id, data_type: TYPE, constraints: [{type: primary_key}]}, {name: nr, data_type: text}]
    """


def config(folder: Path, call: str, yaml: str = "", type_: str = "text", body: str = "") -> Config:
    """The settings of a model `extra` with this config() call and these in YAML."""
    text = f"{{{{ config({call}) }}}}\n"
    changes = {
        "models/extra.sql": text + (body or "select null as id, null as nr"),
        "models/extra.yml": YAML.replace("CONFIG", yaml).replace("TYPE", type_),
    }
    return open_towns(folder, changes).compiled["extra"].config


def mistake(folder: Path, call: str, **options: str) -> str:
    with pytest.raises(SqlseedError) as error:
        config(folder, call, **options)
    assert error.value.exit_code == 2
    return str(error.value)


def test_defaults(tmp_path):
    assert config(tmp_path, "") == Config(table="extra", key="id", key_kind=KeyKind.UUID)


def test_the_file_goes_over_yaml_and_yaml_over_the_defaults(tmp_path):
    made = config(tmp_path, "table='Extra', tags='a'", yaml="table: Other, tags: [b, c], rows: 5, meta: {owner: me}")
    assert (made.table, made.tags, made.rows, made.meta) == ("Extra", ("a",), "5", {"owner": "me"})


def test_settings_may_ask_for_vars(tmp_path):
    made = config(tmp_path, "enabled=var('houses') > 2, key_block=var('houses') * 100, rows='2 * ' ~ var('houses')")
    assert (made.enabled, made.key_block, made.rows) == (True, 300, "2 * 3")


def test_config_is_found_wherever_it_stands(tmp_path):
    body = "-- first a remark\n{% set x = random_int('a', 'n', 1, 2) %}{{ config(tags=['late']) }}"
    body += "select null as id, null as nr"
    assert config(tmp_path, "", body=body).tags == ()  # the first call is the one that counts
    changes = {"models/extra.sql": body, "models/extra.yml": YAML.replace("{CONFIG}", "{}").replace("TYPE", "text")}
    assert open_towns(tmp_path / "b", changes).compiled["extra"].config.tags == ("late",)


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        *(("text", "uuid"), ("uuid", "uuid"), ("varchar(36)", "uuid"), ("integer", "integer"), ("BIGINT", "integer")),
        *(("bigserial", "integer"), ("smallint", "integer"), ("serial", "integer")),
    ],
)
def test_the_keys_type_decides_its_kind(tmp_path, type_, kind):
    assert config(tmp_path, "", type_=type_).key_kind is KeyKind(kind)


def test_an_owner_makes_a_natural_key(tmp_path):
    made = config(tmp_path, "owner='id = :town_code', slice_by='town'")
    assert (made.key_kind, made.owner, made.slice_by) == (KeyKind.NATURAL, "id = :town_code", ("town",))


def test_an_intermediate_model_needs_no_key(tmp_path):
    changes = {
        "models/extra.sql": "{{ config(materialized='intermediate') }}\nselect 1 as n",
        "models/extra.yml": "models: [{name: extra, columns: [{name: n, data_type: integer}]}]\n",
    }
    made = open_towns(tmp_path, changes).compiled["extra"]
    assert made.config.materialized is Materialized.INTERMEDIATE
    assert made.relation.schema == "_sqlseed"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("tabel='x'", "unknown config 'tabel'\n    {{ config(tabel='x') }}\n  hint: did you mean 'table'?"),
        ("materialized='vew'", "config: 'vew' is not one of table, view, intermediate"),
        ("materialized='tabel'", "did you mean 'table'?"),
        ("key_kind='natural'", "a natural key needs config(owner='...')"),
        ("key_kind='uid'", "did you mean 'uuid'?"),
        (
            "slice_by=['twon']",
            "slice_by names no dimension 'twon'\n    {{ config(slice_by=['twon']) }}\n  hint: did you mean 'town'?",
        ),
        ("slice_by=['town', 'town']", "slice_by names a dimension twice"),
        ("slice_by=3", "config: 'int' object is not iterable"),
        ("slice_by=[1]", "config: slice_by must be a list of names"),
        ("tags=[['a']]", "config: tags must be a list of names"),
        ("table=3", "config: table must be a text, not 3"),
        ("table=none", "config: table must have 1 to 63 bytes"),
        ("table=''", "config: table must have 1 to 63 bytes"),
        ("table='é' * 32", "config: table must have 1 to 63 bytes"),
        ("enabled='no'", "config: enabled must be true or false, not no"),
        ("key_block='many'", "config: key_block must be a whole number, not many"),
        ("key_block=true", "config: key_block must be a whole number, not True"),
        ("key_block=0", "config: key_block must be from 1 to 2^40, not 0"),
        ("meta='x'", "config: meta must be a mapping, not x"),
        ("rows=[1]", "config: rows must be a number, or a text with a Jinja expression of one"),
        ("owner=1", "config: owner must be a text, not 1"),
        ("key='nmae'", "the key column 'nmae' is not in the contract"),
        ("table=var('greeting')", "config: table must be a text"),
    ],
)
def test_a_wrong_setting_names_the_file_and_what_is_right(tmp_path, call, message):
    text = mistake(tmp_path, call)
    assert message in text
    assert text.startswith(("models/extra.sql: ", "models/extra.sql:1: "))


def test_yaml_settings_must_be_a_mapping(tmp_path):
    changes = {"models/extra.sql": "select 1 as id", "models/extra.yml": "models: [{name: extra, config: [table]}]\n"}
    with pytest.raises(SqlseedError) as error:
        open_towns(tmp_path, changes)
    assert str(error.value) == "models/extra.yml:1: model 'extra': config must be a mapping, not ['table']"


def test_a_contract_without_a_key_column(tmp_path):
    changes = {
        "models/extra.sql": "select 1 as a, 2 as b",
        "models/extra.yml": """
            models:
              - name: extra
                columns: [{name: a, data_type: text}, {name: b, data_type: text}]
                constraints: [{type: primary_key, columns: [a, b]}]
            """,
    }
    with pytest.raises(SqlseedError) as error:
        _ = open_towns(tmp_path, changes).compiled
    assert "models/extra.yml: the contract has no single-column primary key" in str(error.value)
    assert "owner='...'" in str(error.value)
