"""The line between client and server: cut at any message, silent, slow. Every n of them is in the full run."""

from __future__ import annotations

import math

import pytest

from tests.behaviour.clinics import build
from tests.faults import invariants, loops
from tests.faults.test_connection import SLOW


@pytest.fixture
def at(postgres, postgres18, tmp_path):
    """A place for the loops of the full run."""
    return loops.Place(postgres18, invariants.with_secret(postgres), tmp_path)


@pytest.mark.parametrize("loop", [loops.cuts, loops.cuts_of_replies, loops.cuts_always])
def test_connection_cut_at_a_message(at, loop):
    tally = loop(at, 4, math.inf, seed=3)
    assert tally.wrong == []
    assert tally.tried


def test_silent_connection_is_given_up(at):
    tally = loops.holes(at, 1, math.inf, seed=4)
    assert tally.wrong == []
    assert tally.tried >= 1


def test_statement_that_takes_longer_than_slice_timeout(postgres, write):
    """The server answers: the statement is cancelled, and not tried again."""
    root = write(postgres, SLOW, slice_timeout="400ms")
    result = build(root, "visit_plan", slices={"clinic": ["north"], "year": ["2024"]})
    assert result.failures[0].attempts == 1
    assert "it took longer than slice_timeout [57014]" in result.failures[0].message
    assert "raise slice_timeout in the target's settings" in result.failures[0].message
