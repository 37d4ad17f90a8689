"""The review's page as a file: what it shows, that it stands alone, and that text stays text."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest

from sqlseed.lint.finding import Finding
from sqlseed.model import Relation
from sqlseed.review import facts
from sqlseed.reviewpage.page import page
from tests.reviewpage import reviews

INLINE = {"a", "b", "code", "em", "i", "span", "text", "u", "var"}


class Reader(HTMLParser):
    """A page's tags with their attributes, and its words outside style and script."""

    def __init__(self, made: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self._inside = ""
        self.feed(made)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag not in INLINE:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (a signature of the library's)
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.raw:
            self.raw[self._inside].append(data)
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def having(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(attribute)) is not None]

    @property
    def policy(self) -> str:
        (found,) = (attrs["content"] for _, attrs in self.tags if attrs.get("http-equiv") == "Content-Security-Policy")
        return found or ""


def read(review: facts.Review | None = None) -> Reader:
    return Reader(page(review or reviews.review()))


def one(**changes) -> Reader:
    """A page of one model that has these fields."""
    return read(reviews.review([reviews.model("pupils", **changes)]))


# --- it stands alone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("review", [reviews.review(), reviews.hostile(), reviews.review([], seeds=())])
def test_nothing_is_fetched_and_nothing_runs_but_its_own(review: facts.Review):
    found = read(review)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"link", "img", "iframe", "object", "image", "use", "base", "form", "video", "audio"}
    assert [tag for tag, _ in found.tags].count("script") == 1
    names = {name for _, attrs in found.tags for name in attrs}
    assert not [name for name in names if name.startswith("on") or name in ("src", "style", "action", "srcdoc")]
    assert not re.search(r"url\(|@import|https?:", "".join(found.raw["style"] + found.raw["script"]))
    for target in found.having("href"):
        assert re.fullmatch(r"#[\w.-]+|(\.\./){0,2}\w[\w./-]*", target), target


def test_its_policy_names_style_and_script_by_hash():
    found = read()
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256("".join(found.raw[kind]).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in found.policy
    assert found.policy.startswith("default-src 'none';")
    assert "unsafe" not in found.policy


@pytest.mark.parametrize("review", [reviews.review(), reviews.hostile(), reviews.large(30)])
def test_every_link_leads_somewhere(review: facts.Review):
    found = read(review)
    ids = found.having("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in found.having("href") if target.startswith("#")} <= set(ids)
    assert set(found.having("aria-labelledby")) <= set(ids)


def test_the_same_review_is_the_same_file():
    assert page(reviews.review()) == page(reviews.review())


# --- text stays text --------------------------------------------------------------------------------------------


def test_hostile_text_is_shown_and_makes_no_tag():
    quiet, found = reviews.review([reviews.model("marks"), reviews.model("pupils")]), read(reviews.hostile())
    assert {tag for tag, _ in found.tags} <= {tag for tag, _ in read(quiet).tags} | {
        "q",
        "br",
        "mark",
        "title",
        "small",
    }
    assert "onerror=alert(1)>" in found.text
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", page(reviews.hostile())
    )
    assert "\\x202eevil" in found.text
    assert "javascript:alert(1)" in found.text


def test_proofs_that_are_no_place_are_not_linked():
    proofs = [
        "sql/run.sql",
        "../../docs/review.md#approval",
        "#locks",
        "//evil.example",
        "/etc/passwd",
        "../../../x",
        "data:x",
    ]
    made = reviews.review(guarantees=tuple(facts.Guarantee("g", "t", proof) for proof in proofs))
    linked = [attrs["href"] for tag, attrs in read(made).tags if attrs.get("class") == "proof"]
    assert linked == proofs[:3]


# --- the first screen -------------------------------------------------------------------------------------------


def test_what_will_happen():
    text = read().text
    for told in (
        "Tables written 4 none is created",
        "Rows 12,000 counted by a dry run",
        "Slices to run 12 12 new",
        "Heap 1.3 MiB",
        "Indexes 562 KiB",
        "WAL 2.2 MiB",
        "Time 74 s in 2 sessions",
        "It runs once for each slice, one branch and one year as a rule, in a transaction of its own.",
        "1 lookup table from the project's CSV files (seeds), 0 intermediate tables that other models read",
    ):
        assert told in text


def test_what_is_not_known_is_not_made_up():
    model = reviews.model("pupils", estimate=facts.Estimate(1000, exact=False), live_rows=None)
    text = read(reviews.review([model], server="")).text
    assert "the server was not reached" in text
    assert "Rows about 1,000 as the plan expects" in text
    assert "Heap ? the tables' pages" in text
    assert "In the target no such table" in text


def test_nothing_to_do_writes_no_table():
    model = reviews.model("pupils", slices=reviews.slices(3, ("a",), state="up to date"), estimate=facts.Estimate())
    text = read(reviews.review([model])).text
    assert "Tables written 0 none is created" in text
    assert "Slices to run 0 3 up to date" in text


def test_a_target_that_is_no_postgresql_has_no_bytes():
    text = read(
        reviews.review([reviews.model("pupils", estimate=facts.Estimate(1000, seconds=2))], engine="duckdb")
    ).text
    assert "Heap" not in text
    assert "model table slices rows time 1 pupils" in text
    assert "Takes 1,000 rows; 2.0 s" in text


def test_what_needs_attention_begins_with_the_worst():
    text = read().text
    places = [text.index(told) for told in ("stop Two tables", "look A foreign", "note The role")]
    assert places == sorted(places)
    assert "1 reason to stop" in text
    assert "nothing stands in the way" in read(reviews.review(attention=())).text


def test_guarantees_have_their_proofs():
    found = read()
    assert "is never changed. Proof: sql/999_undo.sql; tried by sqlseed's own tests/undo.py" in found.text
    assert "No lock keeps readers out. Proof: locks, on this page" in found.text


def test_reasons_and_notes():
    text = read().text
    assert "How the numbers came about Rows were counted by a dry run." in text
    assert "timezone UTC times are UTC" in text
    assert "<li>Commands such as <code>sqlseed &lt;clean&gt;</code> stand out." in page(
        reviews.review(notes=("Commands such as `sqlseed <clean>` stand out.",))
    )
    assert "sqlseed_hash a random number create function" in text


def test_saying_yes():
    text = read().text
    assert "Approve it sqlseed review --target pg --approve --by NAME writes review.lock" in text
    assert "psql -v role=ROLE -f sql/grants.sql" in text
    assert "psql" not in read(reviews.review(grants=(), guarantees=())).text


def test_change_since_the_approval():
    models = [
        reviews.model("same", change=facts.Change("same")),
        reviews.model("newer", change=facts.Change("new")),
        reviews.model("other", change=facts.Change("changed", "--- a\n+++ b\n@@ -1 +1 @@\n-old line\n+new line")),
    ]
    seed = dataclasses.replace(reviews.review().seeds[0], change=facts.Change("changed", "-a\n+b"))
    rest, approval = facts.Change("changed", "-x\n+y"), {"by": "dba", "at": "2026-09-30"}
    found = read(reviews.review(models, seeds=(seed,), approval=approval, change=rest))
    told = "Approved by dba at 2026-09-30. new newer changed other, towns 1 model or seed as approved"
    assert told in found.text
    assert "-old line +new line" in found.text
    assert {"add", "cut", "at"} <= set(found.having("class"))
    assert "Approved by" not in read().text


# --- a model ----------------------------------------------------------------------------------------------------


def test_statement_with_its_parameters():
    text = one().text
    assert "$1 branch_no int column no of the seed branches by slice, below" in text
    assert "$3 year_no int 2024" in text
    assert "slice state rows :branch_no :branch_key branch-0/2024 new 100" in text


def test_many_slices_are_cut_and_that_is_said():
    made = reviews.slices(250, ("branch_no",))
    text = one(slices=made).text
    assert "and 50 more: review.json has all" in text
    assert made[199].key in text


def test_lint_findings_lead_to_their_line():
    finding = Finding(
        "select-star", "error", "names no columns", "models/school/pupils.sql", 6, "pupils", "select *", "name them"
    )
    found = one(path="models/school/pupils.sql", findings=(finding,))
    assert "error select-star models/school/pupils.sql:6: names no columns" in found.text
    lines = [attrs for tag, attrs in found.tags if attrs.get("class") == "hit"]
    assert lines == [{"id": "l-pupils.6", "class": "hit"}]
    assert "1 finding" in found.text


def test_triggers_and_foreign_keys():
    trigger = facts.TriggerFacts("log", "after", ("insert", "update"), "row", enabled=True, function="audit.log()")
    hidden = facts.TriggerFacts("RI_1", "after", ("insert",), "row", enabled=True, function="ri()", internal=True)
    key = facts.ForeignKeyFacts(
        "k", Relation("public", "Mark"), ("pupilId",), Relation("public", "Pupils"), ("id",), "cascade", "restrict",
        indexed=False, validated=False,
    )  # fmt: skip
    text = one(triggers=(trigger, hidden), referenced_by=(key,)).text
    assert "log after insert or update row audit.log() fires" in text
    assert "RI_1" not in text
    assert '"public"."Mark" pupilId id cascade / restrict, not validated no the contract' in text
    assert "Triggers none on its table" in one().text


def test_lineage_leads_to_columns_and_seeds():
    found = read()
    assert "#c-pupils.column1" in found.having("href")
    assert "#s-towns" in found.having("href")
    assert "constants, parameters, random numbers" in found.text


def test_a_huge_value_is_cut_and_that_is_said():
    made = page(reviews.review([reviews.model("pupils", sample_columns=("a",), sample=(("x" * 50_000,),))]))
    assert "x... (50,000 characters)" in made
    assert "x" * 1001 not in made


def test_null_is_told_from_a_text():
    found = one(sample_columns=("a", "b", "c"), sample=((None, "null", True),))
    assert (
        page(reviews.review([reviews.model("pupils", sample_columns=("a",), sample=((None,),))])).count(
            '<i class="soft">null</i>'
        )
        == 1
    )
    assert "null null true" in found.text


# --- size -------------------------------------------------------------------------------------------------------


def test_a_page_grows_with_its_models_and_no_faster():
    small, large = len(page(reviews.large(20))), len(page(reviews.large(200)))
    assert 8 * small < large < 11 * small
    assert large < 8_000_000
