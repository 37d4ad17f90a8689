"""The line between client and server: cut at any message, silent, slow. Every n of them is in the full run."""

from __future__ import annotations

import math

import pytest

from tests.faults import invariants, loops


@pytest.fixture
def at(postgres, postgres18, tmp_path):
    """A place for the loops of the full run."""
    return loops.Place(postgres18, invariants.with_secret(postgres), tmp_path)


@pytest.mark.parametrize("loop", [loops.cuts, loops.cuts_of_replies, loops.cuts_always])
def test_connection_cut_at_a_message(at, loop):
    tally = loop(at, 6, math.inf, seed=3)
    assert tally.wrong == []
    assert tally.tried >= 5  # a build that goes on early needs fewer messages than were counted


def test_silent_connection_is_given_up(at):
    tally = loops.holes(at, 2, math.inf, seed=4)
    assert tally.wrong == []
    assert tally.tried >= 1
