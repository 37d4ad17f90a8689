"""`sqlseed audit-privacy` finds what could belong to a living person, and nothing else, on both engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.privacy import identifiers
from tests.behaviour.clinics import Database, build
from tests.support import run_cli

# Numbers made for these tests: each check digit was computed by the rule that the audit implements in SQL, in Python.
CELLS: dict[str, list[str]] = {
    "email_deliverable": ["ada@gmail.com", "write to a.b+c@mail.school.in, please", "x@example.co", "x@notexample.com"],
    "email_reserved": ["ada@example.com", "A@MAIL.EXAMPLE.ORG", "b@clinic.test", "c@x.invalid", "d@b1.example"],
    "upi_address": ["ada@okbank", "9876543210@upi"],
    "aadhaar": [],  # filled in below
    "pan": ["ABCPE1234F", "PAN: AAACB1234C."],
    "gstin": [],
    "ifsc": ["SBIN0001234", "branch HDFC0ABC123 of"],
    "card": ["4111 1111 1111 1111", "4111111111111111", "378282246310005", "3782 822463 10005"],
    "ip_public": ["8.8.8.8", "from 1.2.3.4 at noon", "2a00:1450:4001:81b::200e"],
    "ip_reserved": ["192.0.2.7", "198.51.100.200", "203.0.113.1", "10.1.2.3", "192.168.0.1", "2001:db8::1", "fe80::1"],
    "phone_assignable": ["+91-7000000001", "+91 98765 43210", "9876543210", "06123456789", "call 8123456789 now"],
    "phone_undialable": ["+91-5012345678", "5012345678", "+91-501234567890"],
    "phone_abroad": ["+1-202-555-0100", "+44 20 7946 0958"],
}
HARMLESS = [
    "ABCXE1234F",  # no type of holder
    "4111 1111 1111 1112",
    "2026-09-30 10:30:45",
    "b@",
    "d4430b43-585d-8be4-895d-123456789012",
    "see d4430b43-585d-8be4-895d-234123412346, twice",
    "Mozilla/5.0 Chrome/120.0.6099.109",
    "version 300.1.2.3",
    "ZZZZ0123456",
    "0234 1234 1234",
    "INV20240000123456",
    "12:34:56",
    "00:00:5E:00:53:01",
    "29ABCXE1234F1Z5",
    "",
]


def verhoeff_digit(digits: str) -> str:
    """The Verhoeff check digit, by dihedral arithmetic and not by a table."""

    def times(a: int, b: int) -> int:
        if a < 5:
            return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
        return 5 + (a - b) % 5 if b < 5 else (a - b) % 5

    permutation = list(range(10))
    base = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    check = 0
    for place, digit in enumerate(reversed(digits + "0")):
        turned = int(digit)
        for _ in range(place % 8):
            turned = base[turned]
        check = times(check, turned)
    return str(next(digit for digit in permutation if times(digit, check) == 0 or times(check, digit) == 0))


def gstin(head: str) -> str:
    """Fourteen characters with their check character."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = 0
    for place, letter in enumerate(head):
        product = letters.index(letter) * (1 + place % 2)
        total += product // 36 + product % 36
    return head + letters[(36 - total % 36) % 36]


AADHAARS = [head + verhoeff_digit(head) for head in ("23412341234", "99998888777", "55555555555", "90817263544")]
CELLS["aadhaar"] = [AADHAARS[0], f"{AADHAARS[1][:4]} {AADHAARS[1][4:8]} {AADHAARS[1][8:]}", *AADHAARS[2:]]
CELLS["gstin"] = [gstin("27AAACB1234C1Z"), gstin("07ABCPE1234F2Z")]
WRONG = [number[:11] + str((int(number[11]) + step) % 10) for number in AADHAARS for step in range(1, 10)]
WRONG += [CELLS["gstin"][0][:14] + letter for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
WRONG.remove(CELLS["gstin"][0])


@pytest.fixture
def seeded(database: Database, write) -> tuple[Database, Path]:
    root = write(database)
    assert build(root).success
    return database, root


def plant(database: Database, cells: list[str]) -> None:
    rows = ", ".join(f"({number}, '{cell}', null)" for number, cell in enumerate(cells))
    database.run(
        "create table planted (id integer, note text, more text, primary key (id))",
        f"insert into planted values {rows}",
    )


def found(root: Path, **options) -> dict[tuple[str, str], int]:
    audit = api.audit_privacy(api.load(root), **options)
    return {(finding.table, finding.kind.name): finding.count for finding in audit.found}


def test_what_was_seeded_is_nobodys(seeded):
    _, root = seeded
    audit = api.audit_privacy(api.load(root))
    assert audit.tables == 4
    assert audit.found == ()


def test_each_kind_is_found_and_nothing_else(seeded):
    database, root = seeded
    plant(database, [cell for cells in CELLS.values() for cell in cells] + HARMLESS + WRONG)
    wanted = {("planted", kind): len(cells) for kind, cells in CELLS.items()}
    assert found(root, tables=["planted"]) == wanted
    assert set(CELLS) == set(identifiers.KINDS)
    assert found(root) == {}  # a table of somebody else's is read when asked for
    assert found(root, all_tables=True) == wanted


def test_samples_have_the_keys_of_their_rows(seeded):
    database, root = seeded
    plant(database, ["nothing", "b@school.in", "x", "a@school.in and again a@school.in"])
    (finding,) = api.audit_privacy(api.load(root), ["planted"]).found
    assert finding.count == 3
    assert [(sample.value, sample.key) for sample in finding.samples] == [("a@school.in", "3"), ("b@school.in", "1")]


def test_more_columns_than_one_query_takes(seeded):
    database, root = seeded
    names = ", ".join(f"c{number} text" for number in range(70))
    database.run(
        f"create table wide ({names})",
        "insert into wide (c0, c29, c30, c69) values ('a@b.in', 'c@d.in', 'e@f.in', 'g@h.in')",
    )
    audit = api.audit_privacy(api.load(root), ["wide"])
    assert [finding.column for finding in audit.found] == ["c0", "c29", "c30", "c69"]


def test_types_that_are_read_as_text(postgres: Database, write):
    root = write(postgres)
    assert build(root).success
    postgres.run(
        "create table odd (a json, b jsonb, c inet, d text[], e varchar(30), f char(30))",
        """insert into odd values ('{"m": "a@b.in"}', '{"m": "a@b.in"}', '8.8.8.8', '{a@b.in}', 'a@b.in', 'a@b.in')""",
    )
    audit = api.audit_privacy(api.load(root), ["odd"])
    assert [(finding.column, finding.kind.name) for finding in audit.found] == [
        *((column, "email_deliverable") for column in "ab"),
        ("c", "ip_public"),
        *((column, "email_deliverable") for column in "def"),
    ]


def test_the_command(seeded):
    database, root = seeded
    done = run_cli(["audit-privacy"], root)
    assert (done.rc, done.stderr) == (0, "")
    assert "nothing found" in done.stdout
    plant(database, ["ada@school.in", "+91-7000000001", "more: b@school.in"])
    done = run_cli(["audit-privacy", "--table", "planted"], root)
    assert done.rc == 1
    assert "planted.note: 2 e-mail addresses that may receive\n    ada@school.in  (key 0)" in done.stdout
    told = json.loads(run_cli(["audit-privacy", "--all-tables", "--output", "json", "--no-samples"], root).stdout)
    assert told["findings"] == [{"table": "planted", "column": "note", "kind": "email_deliverable", "count": 2}]
    assert told["counts"]["phone_assignable"] == 1
    strict = json.loads(run_cli(["audit-privacy", "--all-tables", "--undialable", "--output", "json"], root).stdout)
    assert [finding["kind"] for finding in strict["findings"]] == ["email_deliverable", "phone_assignable"]
    wrong = run_cli(["audit-privacy", "--table", "plantd"], root)
    assert (wrong.rc, wrong.stdout) == (2, "")
    assert "no table 'plantd' with texts" in wrong.stderr
    assert "did you mean 'planted'?" in wrong.stderr


def test_it_only_reads(postgres: Database, write):
    root = write(postgres)
    assert build(root).success
    postgres.run("create role reader login", "grant usage on schema public, _sqlseed to reader")
    postgres.run("grant select on all tables in schema public to reader")
    try:
        url = postgres.place.replace("postgres@", "reader@")
        profile = f'sqlseed: {{outputs: {{test: {{type: postgres, environment: dev, url: "{url}"}}}}}}\n'
        (root / "profiles.yml").write_text(profile)
        assert found(root) == {}
    finally:
        postgres.run("drop owned by reader", "drop role reader")
