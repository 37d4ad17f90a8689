"""Selection: dbt's grammar and its edge cases, the methods, named selectors, and the texts of the errors."""

from __future__ import annotations

import contextlib
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed.errors import SelectionError
from sqlseed.model import Materialized, ResourceType
from sqlseed.selector import Definition, Facts, Graph, Node, select

# branches (seed) -> years, sections -> students -> fees -> receipts
#                                  students -> attendance;  holidays (seed) -> attendance
PARENTS = {
    "branches": (),
    "holidays": (),
    "years": ("branches",),
    "sections": ("years",),
    "students": ("sections",),
    "attendance": ("students", "holidays"),
    "fees": ("students",),
    "receipts": ("fees",),
}
SEEDS = {"branches", "holidays"}
ALL = set(PARENTS)


def node(name, folder="", *, table=None, patch=None, tags=(), project="school", **config):
    kind = ResourceType.SEED if name in SEEDS else ResourceType.MODEL
    top, ending = ("seeds", "csv") if name in SEEDS else ("models", "sql")
    folders = [part for part in folder.split("/") if part]
    path = "/".join([top, *folders, f"{name}.{ending}"])
    return Node(name, kind, (project, *folders, name), path, patch, tuple(tags), config, table or name)


def graph_of(nodes, parents=None):
    parents = {} if parents is None else parents
    return Graph({n.name: n for n in nodes}, {n.name: frozenset(parents.get(n.name, ())) for n in nodes})


PEOPLE = "models/people/people.yml"
GRAPH = graph_of(
    [
        node("branches"),
        node("holidays", "india", tags=["calendar"]),
        node("years", "core", table="AcademicYear", tags=["core", "calendar"], materialized=Materialized.TABLE),
        node("sections", "core", table="Section", tags=["core"], materialized=Materialized.INTERMEDIATE),
        node(
            "students",
            "people",
            table="Student",
            patch=PEOPLE,
            tags=["people"],
            slice_by=["branch"],
            enabled=True,
            key_block=1000,
            rows="branch.sections * 30",
            meta={"owner": "office", "pii": True, "deep": {"level": 2}},
        ),
        node("attendance", "people/daily", patch=PEOPLE, tags=["people", "big"], slice_by=["branch", "year"]),
        node("fees", "money", table="FeeLedger", tags=["money"], patch="models/schema.yml", enabled=False, key=None),
        node("receipts", "money", tags=["money", "big"], meta={"pii": False}),
    ],
    PARENTS,
)


def names(text):
    return set(text.split())


def message_of(*args, **kwargs):
    """The text of the SelectionError that selecting raises; it is always a user's mistake, so exit code 2."""
    with pytest.raises(SelectionError) as caught:
        select(GRAPH, *args, **kwargs)
    assert caught.value.exit_code == 2
    return str(caught.value)


# --- one token -----------------------------------------------------------------------------------------


def test_nothing_given_selects_all():
    assert select(GRAPH) == ALL
    assert select(GRAPH, [], []) == ALL
    assert select(graph_of([])) == frozenset()


UP = "students sections years branches"
DOWN = "students attendance fees receipts"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("students", "students"),
        ("+students", UP),
        ("students+", DOWN),
        ("+students+", f"{UP} {DOWN}"),
        ("1+students", "students sections"),
        ("2+students", "students sections years"),
        ("99+students", UP),
        ("99999999999999999999+students", UP),
        ("students+1", "students attendance fees"),
        ("students+2", DOWN),
        ("1+students+1", "students sections attendance fees"),
        ("3+students+4", f"{UP} {DOWN}"),
        ("0+students", "students"),
        ("students+0", "students"),
        ("00+students+01", "students attendance fees"),
        ("@students", f"{UP} {DOWN} holidays"),
        ("@receipts", "receipts fees students sections years branches"),
        ("@+students", f"{UP} {DOWN} holidays"),
        ("@2+students", f"{UP} {DOWN} holidays"),
        ("@holidays", "holidays attendance students sections years branches"),
        ("1+tag:big", "attendance receipts students holidays fees"),
        ("tag:core+1", "years sections students"),
        ("1+students.sql", "students sections"),
        ("models/money/*+", "fees receipts"),
        ("2+models/people/students.sql+1", "years sections students attendance fees"),
        ("+config.materialized:intermediate", "sections years branches"),
    ],
)
def test_graph_operators(text, expected):
    assert select(GRAPH, [text]) == names(expected)


def test_depth_counts_layers_over_the_whole_set():
    # d is two steps from a, one from b: the nearer one counts
    graph = graph_of([node(n) for n in "abcd"], {"c": ["a"], "d": ["c", "b"]})
    assert select(graph, ["(a b)+1"]) == set("abcd")
    assert select(graph, ["a+1"]) == set("ac")
    assert select(graph, ["a+1", "b+1"]) == set("abcd")


def test_long_chain_is_no_recursion():
    chain = [f"n{i}" for i in range(3000)]
    graph = graph_of([node(n) for n in chain], {b: [a] for a, b in itertools.pairwise(chain)})
    assert len(select(graph, ["n0+"])) == 3000
    assert len(select(graph, ["+n2999"])) == 3000
    assert len(select(graph, ["@n1500"])) == 3000


def test_parents_that_are_no_nodes_are_left_out():
    graph = Graph({"a": node("a")}, {"a": frozenset({"gone"}), "lost": frozenset({"a"})})
    assert select(graph, ["+a+"]) == {"a"}


def test_graph_children_are_parents_turned_round():
    assert GRAPH.children["students"] == {"attendance", "fees"}
    assert "receipts" not in GRAPH.children


# --- sets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["students fees"], "students fees"),
        (["students", "fees"], "students fees"),
        (["students fees", "years"], "students fees years"),
        (["  students \t  fees\n"], "students fees"),
        (["+fees,+attendance"], UP),
        (["tag:core,years"], "years"),
        (["tag:core,tag:calendar sections"], "years sections"),
        (["tag:people,tag:big,students+"], "attendance"),
        (["tag:core,tag:money fees"], "fees"),  # an empty intersection of things that exist is no mistake
        # beyond dbt
        (["students | fees"], "students fees"),
        (["students|fees"], "students fees"),
        (["+fees & +attendance"], UP),
        (["+fees&+attendance"], UP),
        (["years tag:people & tag:big"], "years attendance"),
        (["(tag:people | tag:money) & tag:big"], "attendance receipts"),
        (["(tag:people tag:money),tag:big"], "attendance receipts"),
        (["( ( tag:people tag:money ) & ^ tag:big )"], "students fees"),
        (["students+ & ^fees+"], "students attendance"),
        (["students+,^fees+"], "students attendance"),
        (["^^students"], "students"),
        (["^resource_type:model"], "branches holidays"),
        (["^(+students+)"], "holidays"),
        (["+(fees attendance)"], f"{UP} fees attendance holidays"),
        (["1+(years fees)+1"], "branches years sections students fees receipts"),
        (["@(receipts)"], f"{UP} fees receipts"),
        (["(fees)+"], "fees receipts"),
    ],
)
def test_set_operators(texts, expected):
    assert select(GRAPH, texts) == names(expected)


def test_one_text_is_as_good_as_a_list_of_one():
    assert select(GRAPH, "students+", "fees+") == {"students", "attendance"}


@pytest.mark.parametrize(
    ("included", "excluded", "expected"),
    [
        (["students+"], ["fees+"], "students attendance"),
        ([], ["resource_type:seed", "+students"], "attendance fees receipts"),
        (["tag:core"], ["students+"], "years sections"),
        (["students+"], ["tag:big,tag:money fees"], "students attendance"),
    ],
)
def test_exclude(included, excluded, expected):
    assert select(GRAPH, included, excluded) == names(expected)


# --- methods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fqn:students", "students"),
        ("fqn:*", " ".join(sorted(ALL))),
        ("*", " ".join(sorted(ALL))),
        ("people", "students attendance"),
        ("school", " ".join(sorted(ALL))),
        ("people.daily", "attendance"),
        ("people.daily.attendance", "attendance"),
        ("school.people.daily.attendance", "attendance"),
        ("school.people", "students attendance"),
        ("daily.*", None),  # a pattern begins at the project or below it
        ("people.*", "students attendance"),
        ("people.d*", "attendance"),
        ("people.*.att*", "attendance"),
        ("school.*.students", "students"),
        ("*.students", "students"),
        ("stu*", "students"),
        ("?ees", "fees"),
        ("[sf]*s", "students sections fees"),
        ("[!a-r]*", "students sections years"),
        ("c*", "years sections"),  # the folder core/, as in dbt
        ("s*", "students sections"),  # but not the project's name
        ("*.csv", "branches holidays"),
        ("students.sql", "students"),
    ],
)
def test_fqn(text, expected):
    if expected is None:
        assert "no model or seed matches 'daily.*'" in message_of([text])
    else:
        assert select(GRAPH, [text]) == names(expected)


def test_fqn_of_names_with_dots_and_of_folders_named_like_a_model():
    nodes = [node("core.years", "a"), node("core", "b"), node("x", "core"), node("top")]
    graph = graph_of(nodes)
    assert select(graph, ["core.years"]) == {"core.years"}
    assert select(graph, ["a.core.years"]) == {"core.years"}
    assert select(graph, ["a.core"]) == {"core.years"}
    assert select(graph, ["core"]) == {"core", "x"}
    assert select(graph, ["*.top"]) == {"top"}
    assert select(graph, ["school.top"]) == {"top"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tag:core", "years sections"),
        ("tag:c*", "years sections holidays"),
        ("source:branches", "branches"),
        ("source:*", "branches holidays"),
        ("source:india.holidays", "holidays"),
        ("source:school.india.holidays", "holidays"),
        ("source:branches+1", "branches years"),
        ("table:Student", "students"),
        ("table:Fee*", "fees"),
        ("resource_type:seed", "branches holidays"),
        ("resource_type:model,tag:calendar", "years"),
        ("file:students.sql", "students"),
        ("file:students", "students"),
        ("file:*s.sql", "years sections students fees receipts"),
        ("file:branches.csv", "branches"),
        ("path:models", " ".join(sorted(ALL - SEEDS))),
        ("path:models/", " ".join(sorted(ALL - SEEDS))),
        ("path:.", " ".join(sorted(ALL))),
        ("models/people", "students attendance"),
        ("./models/people/", "students attendance"),
        ("models\\people", "students attendance"),
        ("models//people", "students attendance"),
        ("models/people/daily", "attendance"),
        ("models/people/students.sql", "students"),
        ("models/*/students.sql", "students"),
        ("models/people/*.sql", "students"),  # a star does not cross folders
        ("models/**/*.sql", " ".join(sorted(ALL - SEEDS))),
        ("models/**/**/att*", "attendance"),
        ("**/daily", "attendance"),
        ("models/m*", "fees receipts"),
        ("models/people/people.yml", "students attendance"),
        ("path:models/schema.yml", "fees"),
        ("models/*.yml", "fees"),
        ("seeds/", "branches holidays"),
        ("config.materialized:table", "years"),
        ("config.slice_by:year", "attendance"),
        ("config.slice_by:branch", "students attendance"),
        ("config.enabled:true", "students"),
        ("config.enabled:False", "fees"),
        ("config.key_block:1000", "students"),
        ("config.meta.owner:office", "students"),
        ("config.meta.owner:off*", "students"),
        ("config.meta.pii:TRUE", "students"),
        ("config.meta.pii:false", "receipts"),
        ("config.meta:pii", "students receipts"),  # the keys of a mapping
        ("config.meta.deep.level:2", "students"),
    ],
)
def test_methods(text, expected):
    assert select(GRAPH, [text]) == names(expected)


STATE = Facts(
    state={
        **dict.fromkeys(ALL - {"receipts"}, frozenset({"unmodified"})),
        "students": frozenset({"modified", "modified.body"}),
        "fees": frozenset({"modified.configs", "modified.contract"}),
        "sections": frozenset({"modified", "modified.macros"}),
        "years": frozenset(),
        "attendance": frozenset({"new"}),
    },
    result={"fees": frozenset({"error"}), "receipts": frozenset({"skipped"}), "students": frozenset({"success"})},
    checkpoint={"students": frozenset({"stale", "missing"}), "years": frozenset({"complete"})},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("state:new", "attendance receipts"),  # receipts: not in the earlier state
        ("state:old", "branches holidays years sections students fees"),
        ("state:unmodified", "branches holidays years"),
        ("state:modified", "students fees sections attendance receipts"),  # dbt: the new ones too
        ("state:modified.body", "students attendance receipts"),
        ("state:modified.configs", "fees attendance receipts"),
        ("state:modified.contract", "fees attendance receipts"),
        ("state:modified.macros", "sections"),
        ("1+state:modified.macros", "sections years"),
        ("result:error+", "fees receipts"),
        ("result:error result:skipped", "fees receipts"),
        ("result:warn students", "students"),  # no such result: not a typing mistake
        ("checkpoint:missing", "students"),
        ("checkpoint:stale", "students"),
        ("checkpoint:complete+1", "years sections"),
    ],
)
def test_facts(text, expected):
    assert select(GRAPH, [text], facts=STATE) == names(expected)


def test_excluding_a_fact_that_holds_of_nothing_is_fine():
    facts = Facts(result={})
    assert select(GRAPH, ["fees"], ["result:success"], facts=facts) == {"fees"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state:modified", ["'state:' needs an earlier state", "give --state DIR"]),
        ("result:error", ["'result:' needs the results of an earlier run", "run_results.json"]),
        ("checkpoint:stale", ["'checkpoint:' needs the target's checkpoints"]),
    ],
)
def test_facts_that_are_not_known(text, words):
    message = message_of([text])
    assert all(word in message for word in words)
    assert message == message_of([text], allow_empty=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("state:modifed", "did you mean 'state:modified'?"),
        ("state:modified.bdy", "did you mean 'state:modified.body'?"),
        ("result:eror", "did you mean 'result:error'?"),
        ("checkpoint:failed", "known names: complete, missing, stale"),
        ("resource_type:Model", "did you mean 'resource_type:model'?"),
        ("resource_type:macro", "known names: model, seed, test"),
        ("test_type:mutation", "known names: data, generic, schema, singular, unit"),
    ],
)
def test_words_that_a_method_does_not_know(text, expected):
    message = message_of([text], facts=STATE, allow_empty=True)
    assert "is not a value of" in message
    assert expected in message


def test_results_of_other_commands_are_taken_from_the_facts():
    facts = Facts(result={"fees": frozenset({"reused"})})
    assert select(GRAPH, ["result:reused"], facts=facts) == {"fees"}


# --- malformed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("+", "a name is missing after '+'", 1),
        ("1+", "a name is missing after '1+'", 2),
        ("@", "a name is missing after '@'", 1),
        ("@+", "a name is missing after '@+'", 2),
        ("++", "a name is missing after '+'", 1),
        ("students +", "a name is missing after '+'", 10),
        ("tag:", "a value is missing after 'tag:'", 4),
        ("+tag:+", "a value is missing after '+tag:'", 5),
        (":x", "a method is missing before ':'", 0),
        ("a,,b", "a selector is missing before ','", 2),
        (",a", "a selector is missing before ','", 0),
        ("a,", "a selector is missing at the end", 2),
        ("a, b", "a selector is missing after ','", 2),
        ("+a, +b", "a selector is missing after ','", 3),
        ("a ,b", "a selector is missing before ','", 2),
        ("a , b", "a selector is missing before ','", 2),
        ("a |", "a selector is missing at the end", 2),
        ("a && b", "a selector is missing before '&'", 2),
        ("()", "a selector is missing before ')'", 1),
        ("^", "a selector is missing at the end", 1),
        ("@students+", "'@' and a '+' at the end exclude each other", 9),
        ("fees @students+1", "'@' and a '+' at the end exclude each other", 14),
        ("@(a b)+", "'@' and a '+' at the end exclude each other", 6),
        ("++m", "unexpected '+'", 1),
        ("m++", "unexpected '+'", 1),
        ("m+abc", "unexpected '+'", 1),
        ("m+1+", "unexpected '+'", 1),
        ("a+b c", "unexpected '+'", 1),
        ("@@m", "'@' stands once, before all else", 1),
        ("+@m", "'@' stands once, before all else", 1),
        ("(a", "'(' without ')'", 0),
        ("a (b | (c)", "'(' without ')'", 2),
        ("a)", "')' without '('", 1),
        ("a(b)", "a space or an operator is missing before '('", 1),
        ("(a)b", "a space or an operator is missing before 'b'", 3),
        ("(a(b))", "a space or an operator is missing before '('", 2),
        ("a^b", "a space or an operator is missing before '^'", 1),
        ("students bogus:x", "'bogus' is not a selection method", 9),
        ("+studnets", "no model or seed matches 'studnets'", 1),
        ("students tag:corr+", "no model or seed matches 'tag:corr'", 9),
    ],
)
def test_errors_have_a_caret_under_the_place(text, message, column):
    shown = message_of([text]).splitlines()
    assert shown[0] == message
    assert shown[2] == " " * (4 + column) + "^"
    assert shown[1].startswith("    ")
    assert column <= len(shown[1]) - 4


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_empty_selector(text):
    assert message_of([text]) == "the selector is empty\n    ''\n     ^"
    assert message_of(["students"], [text]).startswith("the selector is empty")


def test_the_whole_error():
    assert message_of(["+fees, +attendance"]) == (
        "a selector is missing after ','\n"
        "    +fees, +attendance\n"
        "          ^\n"
        "  hint: ',' takes no spaces: 'a,b' is what is in both, 'a b' what is in either"
    )


def test_caret_in_a_long_text_is_still_under_the_place():
    text = "students " * 40 + "a,,b" + " students" * 40
    _, shown, caret = message_of([text]).splitlines()
    assert shown.startswith("    ...")
    assert shown[caret.index("^") - 3 : caret.index("^") + 2] == " a,,b"
    assert len(shown) < 80


@pytest.mark.parametrize("text", ["(" * 5000, "(" * 40 + "fees" + ")" * 39, "^" * 5000, "+" * 5000, "a," * 5000])
def test_nonsense_is_a_plain_error(text):
    assert "\n" in message_of([text])


def test_deep_and_long_texts_that_mean_something():
    assert select(GRAPH, ["(" * 40 + "fees" + ")" * 40]) == {"fees"}
    assert select(GRAPH, [" ".join(["fees"] * 5000)]) == {"fees"}
    assert select(GRAPH, ["^" * 5000 + "fees"]) == {"fees"}


def test_brackets_side_by_side_are_not_within_each_other():
    assert select(GRAPH, ["(fees) " * 200]) == {"fees"}


def test_the_grammar_is_checked_before_the_names():
    assert message_of(["nobody a,,b"]).startswith("a selector is missing")
    assert message_of(["nobody"], ["+"]).startswith("a name is missing")


@given(st.text(alphabet="af@+12,&|^() :.*[]/tg\\", max_size=20))
def test_any_text_selects_or_is_a_selection_error(text):
    with contextlib.suppress(SelectionError):
        assert select(GRAPH, [text], allow_empty=True) <= ALL


# --- methods that do not exist -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("tags:core", "'tags' is not a selection method", "did you mean 'tag'?"),
        ("sorce:x", "'sorce' is not a selection method", "did you mean 'source'?"),
        ("metric:x", "'metric' is not a selection method", "known names: checkpoint, config, file, fqn"),
        ("my-tag:x", "'my-tag' is not a selection method", "hint: "),
        ("config:x", "'config' needs a key", "as in 'config.materialized:table'"),
        ("config.:x", "'config' needs a key", "as in 'config.materialized:table'"),
        ("config.a..b:x", "'config' needs a key", "as in 'config.materialized:table'"),
        ("tag.x:y", "method 'tag' takes no '.x'", "write 'tag:y'"),
    ],
)
def test_method_errors(text, message, hint):
    shown = message_of([text], allow_empty=True)
    assert shown.startswith(message)
    assert hint in shown


# --- nothing matches -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("studnets", "did you mean 'students'?"),
        ("STUDENTS", "did you mean 'students'?"),
        ("Studnets+", "did you mean 'students'?"),
        ("fqn:studnets", "did you mean 'fqn:students'?"),
        ("peple", "did you mean 'people'?"),
        ("people.dialy", "did you mean 'people.daily'?"),
        ("Student", "did you mean 'table:Student'?"),
        ("feeledger", "did you mean 'table:FeeLedger'?"),
        ("calendar", "did you mean 'tag:calendar'?"),
        ("zzzzzzzz", "known names: attendance, branches, fees, holidays, receipts, sections, students, years"),
        ("tag:peple", "did you mean 'tag:people'?"),
        ("tag:PEOPLE", "did you mean 'tag:people'?"),
        ("table:student", "did you mean 'table:Student'?"),
        ("source:branch", "did you mean 'source:branches'?"),
        ("source:students", "known names: branches, holidays"),
        ("models/peple", "did you mean 'models/people'?"),
        ("models/people/student.sql", "did you mean 'models/people/students.sql'?"),
        ("/models/people", "did you mean 'models/people'?"),
        ("student.sql", "did you mean 'students.sql'?"),
        ("students.SQL", "did you mean 'students.sql'?"),
        ("config.materialized:tabel", "did you mean 'config.materialized:table'?"),
        ("config.materialised:table", "no node has such a config; did you mean 'materialized'?"),
        ("config.key:x", "no node has such a config"),
        ("config.meta.nothing:x", "no node has such a config"),
    ],
)
def test_nothing_matches(text, hint):
    message = message_of([text])
    assert message.startswith("no model or seed matches '")
    assert message.endswith(f"hint: {hint}") or hint in message
    assert select(GRAPH, [text], allow_empty=True) == frozenset()
    assert select(GRAPH, [text, "fees"], allow_empty=True) == {"fees"}
    assert message_of(["fees", text]) == message
    assert message_of(["fees"], [text]) == message


def test_nothing_matches_in_an_empty_project():
    with pytest.raises(SelectionError, match="there are none"):
        select(graph_of([]), ["students"])


@pytest.mark.parametrize(
    ("included", "excluded", "reason"),
    [
        (["tag:core,tag:money"], [], "the selection is empty"),
        (["result:warn"], [], "the selection is empty"),
        (["^*"], [], "the selection is empty"),
        (["fees"], ["students+"], "everything that is selected is also excluded"),
        ([], ["*"], "everything that is selected is also excluded"),
    ],
)
def test_nothing_is_left(included, excluded, reason):
    message = message_of(included, excluded, facts=STATE)
    assert message.startswith(f"nothing to do: {reason}")
    assert "--allow-empty" in message
    assert select(GRAPH, included, excluded, facts=STATE, allow_empty=True) == frozenset()


# --- named selectors -----------------------------------------------------------------------------------

SELECTORS: dict[str, Definition] = {
    "core": "tag:core",
    "rest": "(tag:people tag:money) & ^tag:big",
    "chained": "selector:core+1 fees",
    "short": {"tag": "money"},
    "literal": {"config.rows": "branch.sections * 30"},
    "flag": {"config.enabled": True},
    "number": {"config.key_block": 1000},
    "full": {"method": "fqn", "value": "students"},
    "down": {"method": "fqn", "value": "students", "children": True},
    "walk": {
        "method": "fqn",
        "value": "students",
        "parents": True,
        "parents_depth": 1,
        "children": True,
        "children_depth": 1,
    },
    "still": {"method": "fqn", "value": "students", "children": True, "children_depth": 0, "parents": False},
    "around": {"method": "fqn", "value": "receipts", "childrens_parents": True},
    "without": {"method": "fqn", "value": "students", "children": True, "exclude": ["fees+", {"tag": "big"}]},
    "any": {"union": ["students", {"tag": "core"}, {"exclude": ["sections"]}]},
    "both": {"intersection": [{"tag": "people"}, {"tag": "big"}]},
    "nested": {"union": [{"intersection": ["tag:people", "tag:big"]}, {"method": "selector", "value": "core"}]},
    "in_list": {"union": [{"method": "tag", "value": "money", "exclude": ["fees"]}, "years"]},
    "over": {"method": "selector", "value": "core", "children": True, "children_depth": 1},
    "without_a_union": {"union": ["*", {"exclude": [{"union": ["+students+", {"exclude": ["fees"]}]}]}]},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("selector:core", "years sections"),
        ("selector:core+", f"years sections {DOWN}"),
        ("selector:core,tag:calendar", "years"),
        ("selector:rest", "students fees"),
        ("selector:chained", "years sections students fees"),
        ("selector:short", "fees receipts"),
        ("selector:s[h]*", "fees receipts"),
        ("selector:literal", "students"),
        ("selector:flag", "students"),
        ("selector:number", "students"),
        ("selector:full", "students"),
        ("selector:down", DOWN),
        ("selector:walk", "sections students attendance fees"),
        ("selector:still", "students"),
        ("selector:around", f"{UP} fees receipts"),
        ("selector:without", "students"),
        ("selector:any", "students years"),
        ("selector:both", "attendance"),
        ("selector:nested", "attendance years sections"),
        ("selector:in_list", "receipts years"),
        ("selector:over", "years sections students"),
        ("selector:without_a_union", "holidays fees"),
    ],
)
def test_named_selectors(text, expected):
    assert select(GRAPH, [text], selectors=SELECTORS) == names(expected)


def test_named_selectors_in_exclude_and_twice():
    assert select(GRAPH, ["selector:core selector:core"], ["selector:core,sections"], selectors=SELECTORS) == {"years"}


def test_only_the_selectors_that_are_used_are_read():
    assert select(GRAPH, ["fees"], selectors={"broken": "+"}) == {"fees"}


WALK: dict = {"method": "fqn", "value": "fees"}


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("", "the selector is empty"),
        ("a,,b", "a selector is missing before ','"),
        ("studnets", "no model or seed matches 'studnets'"),
        ({"tag": "corr"}, "no model or seed matches 'tag:corr'"),
        ({}, "a definition is a text or a mapping"),
        (None, "a definition is a text or a mapping"),
        (["fees"], "a definition is a text or a mapping"),
        ({"union": [["fees"]]}, "a definition is a text or a mapping"),
        ({"union": []}, "the list names nothing"),
        ({"union": [{"exclude": ["fees"]}]}, "the list names nothing"),
        ({"union": ["fees", {"exclude": []}]}, "the list names nothing"),
        ({"union": "fees"}, "expected a list"),
        ({**WALK, "exclude": "fees"}, "expected a list"),
        ({"union": ["*", {"exclude": ["a"]}, {"exclude": ["b"]}]}, "two 'exclude' in one list"),
        ({"union": ["a"], "intersection": ["b"]}, "'union' stands alone"),
        ({"exclude": ["a"], "intersection": ["b"]}, "'intersection' stands alone"),
        ({"exclude": ["a"]}, "'exclude' needs something to take from"),
        ({"method": "tag"}, "'value' is missing"),
        ({"value": "x", "children": True}, "'method' is missing"),
        ({"parents": True}, "'method' is missing"),
        ({"tag": "core", "fqn": "years"}, "unknown key 'tag'"),
        ({**WALK, "childern": True}, "unknown key 'childern'"),
        ({**WALK, "indirect_selection": "eager"}, "unknown key 'indirect_selection'"),
        ({**WALK, 1: 2}, "unknown key '1'"),
        ({1: "x"}, "a method is a text"),
        ({"tag": None}, "a method is a text"),
        ({"tag": ["core"]}, "a method is a text"),
        ({"tag": ""}, "a method is a text"),
        ({**WALK, "parents": "yes"}, "'parents' is true or false"),
        ({**WALK, "parents_depth": 1}, "'parents_depth' needs 'parents: true'"),
        ({**WALK, "children": False, "children_depth": 1}, "'children_depth' needs 'children: true'"),
        ({**WALK, "children": True, "children_depth": -1}, "'children_depth' is a number of steps"),
        ({**WALK, "children": True, "children_depth": "1"}, "'children_depth' is a number of steps"),
        ({**WALK, "children": True, "children_depth": True}, "'children_depth' is a number of steps"),
        ({**WALK, "children": True, "childrens_parents": True}, "'childrens_parents' and 'children' exclude"),
        ({"tagg": "core"}, "'tagg' is not a selection method"),
        ({"group": "x"}, "'group' is not a selection method"),
        ({"config": "x"}, "'config' needs a key"),
        ({"state": "modified"}, "'state:' needs an earlier state"),
        ({"selector": "nobody"}, "no selector is named 'nobody'"),
    ],
)
def test_wrong_definitions(definition, message):
    assert message_of(["selector:x"], selectors={"x": definition}).startswith(f"selector 'x': {message}")


def test_unknown_key_has_a_suggestion():
    definition = {**WALK, "childern": True}
    assert message_of(["selector:x"], selectors={"x": definition}).endswith("hint: did you mean 'children'?")


def test_unknown_selector():
    message = message_of(["fees selector:Cor+"], selectors=SELECTORS, allow_empty=True)
    assert message.startswith("no selector is named 'Cor'\n    fees selector:Cor+\n         ^")
    assert message.endswith("did you mean 'selector:core'?")
    assert "there are none" in message_of(["selector:core"])


@pytest.mark.parametrize(
    ("selectors", "cycle"),
    [
        ({"a": "selector:a"}, "a -> a"),
        (
            {"a": "fees selector:b+", "b": {"union": ["years", {"selector": "c"}]}, "c": "selector:a"},
            "a -> b -> c -> a",
        ),
        ({"a": "selector:b", "b": "selector:c", "c": "selector:b"}, "b -> c -> b"),
        ({"a": "selector:*"}, "a -> a"),
    ],
)
def test_cycles(selectors, cycle):
    message = message_of(["selector:a"], selectors=selectors)
    assert message == f"selector '{cycle[0]}' refers to itself: {cycle}"


def test_chains_and_mappings_that_never_end():
    chain = {f"s{i}": f"selector:s{i + 1}" for i in range(500)} | {"s500": "fees"}
    assert "too many selectors within each other" in message_of(["selector:s0"], selectors=chain)
    assert select(GRAPH, ["selector:s460"], selectors=chain) == {"fees"}
    endless: dict = {"union": ["fees"]}
    endless["union"].append(endless)
    assert "too many levels" in message_of(["selector:x"], selectors={"x": endless})


# --- speed ---------------------------------------------------------------------------------------------


def _seconds(graph, text):
    start = time.perf_counter()
    select(graph, [text])
    return time.perf_counter() - start
