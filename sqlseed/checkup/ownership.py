"""Whose a row is: an SQL expression that names the slice which made it, for every table of the project."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlseed import chunks, library, sqltext
from sqlseed.model import Compiled, Contract, KeyKind, Slice, Step, StepState, quote
from sqlseed.runner import RunContext

FOREIGN, ORPHANED = "", "*"
"""Labels of rows that sqlseed did not make, and of rows of slices that the project no longer makes."""


@dataclass(frozen=True, slots=True)
class Labels:
    """`sql` gives a row's label, of few different ones however many rows there are; `slices` says whose it is."""

    sql: str
    slices: Mapping[str, Slice]

    def for_columns(self, contract: Contract, there: Collection[str]) -> Labels:
        """The same, or where the table lacks a column that it takes, every row as somebody else's."""
        lacking = (column.name for column in contract.columns if column.name not in there)
        if any(re.search(rf"\b{re.escape(name)}\b", self.sql) for name in lacking):
            return Labels("''", self.slices)
        return self

    def sort(self, counted: Mapping[str, int]) -> tuple[dict[Slice, int], int, int]:
        """Rows by label as rows by slice, rows of slices that are no more, and rows of somebody else."""
        found = {slice_: counted.get(label, 0) for label, slice_ in self.slices.items()}
        foreign = counted.get(FOREIGN, 0)
        return found, sum(counted.values()) - sum(found.values()) - foreign, foreign


def labels(context: RunContext, compiled: Compiled, steps: Sequence[Step]) -> Labels:
    """The labels of a model's rows; `steps` are all its slices."""
    config = compiled.config
    if config.key is not None and config.key_kind is KeyKind.UUID:
        return _by_prefix(context, compiled, f"{quote(config.key)}::text", steps)
    if config.whole:  # the table is sqlseed's as a whole, if it made it
        return Labels("''" if steps[0].state is StepState.NEW else "'0'", {"0": steps[0].slice})
    cases = []
    for i, step in enumerate(steps):
        own = context.own(step)
        cases.append(f"when {sqltext.with_literals(own.predicate, own.parameters, own.types)} then '{i}'")
    cases.append(f"when {context.ours[compiled.relation]} then '{ORPHANED}'")
    return Labels(f"case {' '.join(cases)} else '' end", {str(i): step.slice for i, step in enumerate(steps)})


def _by_prefix(context: RunContext, compiled: Compiled, key: str, steps: Sequence[Step]) -> Labels:
    """A slice's keys begin with the same 24 characters; the other 12 say which chunk of it."""
    found: dict[str, Slice] = {}
    ends: dict[str, list[tuple[str, str]]] = {}
    for slice_ in (step.slice for step in steps):
        prefix = library.key_prefix(context.project, compiled.name, [key for _, key in slice_.point])
        first, last = chunks.keys(compiled.config, slice_)
        label = prefix if slice_.chunk is None else f"{prefix}#{first:012x}"
        found[label] = slice_
        if slice_.chunk is not None:
            ends.setdefault(prefix, []).append((f"{last:012x}", label))
    label = f"left({key}, 24)"
    if ends:
        cases = []
        for prefix, chunks_ in ends.items():
            which = " ".join(
                f"""when right({key}, 12) collate "C" <= '{last}' then '{name}'""" for last, name in chunks_
            )
            cases.append(f"when '{prefix}' then case {which} end")
        label = f"case {label} {' '.join(cases)} else {label} end"
    ours = library.model_prefix(context.project, compiled.name)
    return Labels(f"case when left({key}, {len(ours)}) = '{ours}' then {label} else '' end", found)
