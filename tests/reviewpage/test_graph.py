"""The picture of the models: what stands where, whatever the graph."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sqlseed.reviewpage import graph
from tests.reviewpage import reviews


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Up to thirty models, each reading some of those before it."""
    count = draw(st.integers(1, 30))
    return {
        f"m{i}": tuple(f"m{j}" for j in sorted(draw(st.sets(st.integers(0, i - 1), max_size=4)))) if i else ()
        for i in range(count)
    }


def reach(refs: dict[str, tuple[str, ...]], name: str) -> set[str]:
    found: set[str] = set()
    for ref in refs[name]:
        found |= {ref} | reach(refs, ref)
    return found


@given(graphs())
def test_a_model_stands_right_of_all_that_it_reads(refs):
    layers = graph.layers(refs)
    assert all(layers[ref] < layers[name] for name, some in refs.items() for ref in some)


@given(graphs())
def test_the_edges_left_out_are_implied_by_others(refs):
    drawn = graph.reduced(refs)
    assert all(set(drawn[name]) <= set(refs[name]) for name in refs)
    assert all(reach(drawn, name) == reach(refs, name) for name in refs)


@given(graphs())
def test_no_two_models_of_a_layer_overlap(refs):
    made = graph.layout(refs, list(refs))
    for i, column in enumerate(made.columns):
        places = sorted(made.y[key] for key in column if made.layer[key[0]] == i)
        assert all(after - before >= 22 for before, after in pairwise(places))
        assert all(0 <= place <= made.height for place in places)


@given(st.lists(st.tuples(st.floats(-1000, 1000), st.floats(0, 50)), min_size=1, max_size=20))
def test_places_keep_their_order_and_distance(wanted):
    apart = [0.0, *(distance for _, distance in wanted[1:])]
    places = graph.nearest([want for want, _ in wanted], apart)
    for before, after, distance in zip(places, places[1:], apart[1:], strict=False):
        assert after - before >= distance - 1e-6


def test_every_model_is_a_link_that_says_what_it_reads():
    made = graph.svg(reviews.review().models)
    nodes = re.findall(r'<a class="f\d" id="g-(\w+)" href="#m-(\w+)" data-refs="([\d ]*)">', made)
    assert nodes == [
        ("towns2", "towns2", ""),
        ("pupils", "pupils", "0"),
        ("staff", "staff", "0"),
        ("marks", "marks", "1 2"),
    ]
    assert made.count("<path") == 4


def test_a_model_that_reads_itself_or_a_stranger_has_no_edge():
    models = [reviews.model("pupils", ["pupils", "gone"])]
    assert "<path" not in graph.svg(models)
