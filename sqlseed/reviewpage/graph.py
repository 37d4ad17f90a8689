"""The models as a picture: what each reads stands left of it, edges are curves, folders are colours.

The layout is in layers: a model's layer is its longest path from a model that reads nothing. Long edges run through
points of their own in the layers between, one for all edges of a model; a few sweeps put each layer in the order of its
neighbours' mean (the barycentre heuristic of Sugiyama, Tagawa and Toda, 1981), and each point is then drawn as near to
that mean as its neighbours in the layer allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

from sqlseed.review.facts import ModelFacts
from sqlseed.reviewpage.markup import anchor
from sqlseed.webpage import text

COLOURS = 10  # classes f0 to f9 of page.css; with more folders they are used again

_LETTER = 6.9  # width of a letter of the labels' font, px, on average and rounded up
_NODE, _POINT = 30, 9  # height that a model and a passing edge take, px
_GAP = 44  # between layers, px
_SWEEPS = 12
_Key = tuple[str, int]  # a model and its layer, or an edge of it that passes that layer


def parents(models: Sequence[ModelFacts]) -> dict[str, tuple[str, ...]]:
    """What each model reads, of those shown."""
    names = {model.name for model in models}
    return {model.name: tuple(ref for ref in model.refs if ref in names and ref != model.name) for model in models}


def reduced(refs: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The edges that are drawn: one that others imply is left out.

    >>> reduced({"a": (), "b": ("a",), "c": ("a", "b")})
    {'a': (), 'b': ('a',), 'c': ('b',)}
    """
    above: dict[str, set[str]] = {}
    for name in TopologicalSorter(refs).static_order():
        above[name] = set(refs[name]).union(*(above[ref] for ref in refs[name]))
    return {name: tuple(r for r in some if not any(r in above[other] for other in some)) for name, some in refs.items()}


def layers(refs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The layer of each model; one that reads nothing stands beside the first that reads it."""
    found: dict[str, int] = {}
    for name in TopologicalSorter(refs).static_order():
        found[name] = 1 + max((found[ref] for ref in refs[name]), default=-1)
    readers: dict[str, list[int]] = {}
    for name, some in refs.items():
        for ref in some:
            readers.setdefault(ref, []).append(found[name])
    return {n: min(readers[n]) - 1 if not refs[n] and n in readers else layer for n, layer in found.items()}


def nearest(wanted: Sequence[float], apart: Sequence[float]) -> list[float]:
    """Places as near to those wanted as their order and the distances between them allow (least squares).

    `apart[i]` is the least distance of place i from the one before. Neighbours that are in each other's way are pooled.

    >>> nearest([5, 5], [0, 10])
    [0.0, 10.0]
    """
    offsets, total = [], 0.0
    for distance in apart:
        total += distance
        offsets.append(total)
    pools: list[tuple[float, int]] = []  # sum, count
    for want, offset in zip(wanted, offsets, strict=True):
        pool = (want - offset, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            before = pools.pop()
            pool = (before[0] + pool[0], before[1] + pool[1])
        pools.append(pool)
    starts = [pool[0] / pool[1] for pool in pools for _ in range(pool[1])]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are: the middle of each point's height, the left edge and the width of each layer, in px."""

    columns: tuple[tuple[_Key, ...], ...]
    layer: Mapping[str, int]
    edges: tuple[tuple[str, str], ...]
    y: Mapping[_Key, float]
    left: tuple[float, ...]
    width: tuple[float, ...]
    height: float


def layout(refs: Mapping[str, Sequence[str]], order: Sequence[str]) -> Layout:
    """Where each model is drawn; `order` is how models of one layer stand before the sweeps."""
    drawn, layer = reduced(refs), layers(refs)
    edges = tuple((ref, name) for name in order for ref in drawn[name])
    last = {name: layer[name] for name in order}
    for ref, name in edges:
        last[ref] = max(last[ref], layer[name] - 1)
    columns: list[list[_Key]] = [[] for _ in range(1 + max(layer.values(), default=0))]
    for name in order:
        for i in range(layer[name], last[name] + 1):
            columns[i].append((name, i))
    before: dict[_Key, list[_Key]] = {key: [] for column in columns for key in column}
    after: dict[_Key, list[_Key]] = {key: [] for key in before}
    steps = [((n, i), (n, i + 1)) for n in order for i in range(layer[n], last[n])]
    steps += [((ref, layer[name] - 1), (name, layer[name])) for ref, name in edges]
    for one, two in steps:
        after[one].append(two)
        before[two].append(one)
    y = _placed(columns, before, after, layer)
    top = min(y.values(), default=0.0) - _NODE
    y = {key: value - top for key, value in y.items()}
    width = [max((_LETTER * len(n) + 22 for n, i in column if layer[n] == i), default=20.0) for column in columns]
    left = [12 + sum(width[:i]) + _GAP * i for i in range(len(width))]
    height = max(y.values(), default=0.0) + _NODE
    return Layout(tuple(map(tuple, columns)), layer, edges, y, tuple(left), tuple(width), height)


_Neighbours = Mapping[_Key, Sequence[_Key]]


def _placed(
    columns: list[list[_Key]], before: _Neighbours, after: _Neighbours, layer: Mapping[str, int]
) -> dict[_Key, float]:
    """The height of every point: first the order within the layers, then the places, to and fro."""
    y: dict[_Key, float] = {}

    def mean(key: _Key, neighbours: _Neighbours) -> float:
        near = neighbours[key]
        return sum(y[other] for other in near) / len(near) if near else y[key]

    for column in columns:
        for i, key in enumerate(column):
            y[key] = _NODE * (i - len(column) / 2)
    for sweep in range(2 * _SWEEPS):
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        for column in columns if forward else reversed(columns):
            wanted = {key: mean(key, neighbours) for key in column}
            if sweep < _SWEEPS:
                column.sort(key=wanted.__getitem__)
            if sweep >= _SWEEPS:
                wanted = {key: (mean(key, before) + mean(key, after)) / 2 for key in column}
            high = [_NODE if layer[name] == i else _POINT for name, i in column]
            apart = [0.0, *((one + two) / 2 for one, two in pairwise(high))]
            y |= zip(column, nearest([wanted[key] for key in column], apart), strict=True)
    return y


def svg(models: Sequence[ModelFacts]) -> str:
    """The picture: a link a model, by which script finds what it reads and what reads it."""
    refs = parents(models)
    folders = {folder: i for i, folder in enumerate(folders_of(models))}
    order = sorted(models, key=lambda model: folders[folder(model)])
    made = layout(refs, [model.name for model in order])
    width = made.left[-1] + made.width[-1] + 12
    number = {model.name: i for i, model in enumerate(models)}
    shapes = "".join(_edge(made, number, ref, name) for ref, name in made.edges)
    nodes = "".join(_node(made, model, folders[folder(model)], number, refs) for model in models)
    return (
        f'<svg class="graph" width="{width:.0f}" height="{made.height:.0f}" viewBox="0 0 {width:.0f} {made.height:.0f}"'
        f' role="group" aria-label="graph of {len(models)} models">'
        f'<g class="edges" aria-hidden="true">{shapes}</g><g class="nodes">{nodes}</g></svg>'
    )


def folder(model: ModelFacts) -> str:
    """The folder of a model, below the project's folder of models.

    The file models/people/students.sql is in people.
    """
    return "/".join(model.path.split("/")[1:-1]) or "."


def folders_of(models: Sequence[ModelFacts]) -> list[str]:
    """The folders in the order in which a build comes to them."""
    return list(dict.fromkeys(map(folder, models)))


def _edge(made: Layout, number: Mapping[str, int], ref: str, name: str) -> str:
    def points() -> Iterator[str]:
        x, y = made.left[made.layer[ref]] + made.width[made.layer[ref]], made.y[ref, made.layer[ref]]
        yield f"M{x:.0f} {y:.0f}"
        for i in range(made.layer[ref] + 1, made.layer[name] + 1):
            to, at = made.left[i], made.y[(name if i == made.layer[name] else ref), i]
            yield f"C{x + _GAP * 0.6:.0f} {y:.0f} {to - _GAP * 0.6:.0f} {at:.0f} {to:.0f} {at:.0f}"
            x, y = to + made.width[i], at
            if i < made.layer[name]:
                yield f"H{x:.0f}"

    return f'<path data-from="{number[ref]}" data-to="{number[name]}" d="{"".join(points())}"/>'


def _node(
    made: Layout, model: ModelFacts, colour: int, number: Mapping[str, int], refs: Mapping[str, Sequence[str]]
) -> str:
    i = made.layer[model.name]
    x, y, width = made.left[i], made.y[model.name, i], made.width[i]
    above = " ".join(str(number[ref]) for ref in refs[model.name])
    kind = f"f{colour % COLOURS}" + (" between" if model.materialized == "intermediate" else "")
    return (
        f'<a class="{kind}" id="{anchor("g", model.name)}" href="#{anchor("m", model.name)}" data-refs="{above}">'
        f"<title>{text(f'{model.name}: {model.estimate.rows:,} rows')}</title>"
        f'<rect class="body" x="{x:.0f}" y="{y - 11:.0f}" width="{width:.0f}" height="22" rx="3"/>'
        f'<rect class="bar" x="{x:.0f}" y="{y - 11:.0f}" width="6" height="22" rx="2"/>'
        f'<text x="{x + 13:.0f}" y="{y + 4:.0f}">{text(model.name)}</text></a>'
    )
