"""Where the names of a project lead within the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlseed.model import Relation
from sqlseed.review.facts import ModelFacts
from sqlseed.reviewpage.markup import anchor, code, link
from sqlseed.webpage import text


class Names:
    """Where a name of the project leads: a model's section, a seed's row, or nowhere."""

    def __init__(self, models: Sequence[ModelFacts], seeds: Iterable[str], functions: Iterable[str]) -> None:
        self.models = frozenset(model.name for model in models)
        self.seeds = frozenset(seeds)
        self.functions = frozenset(functions)
        self.tables = {model.relation: model.name for model in models}
        self.columns = frozenset((model.name, column.name) for model in models for column in model.columns)
        self.readers: dict[str, list[str]] = {}
        for model in models:
            for ref in model.refs:
                self.readers.setdefault(ref, []).append(model.name)

    def link(self, name: str) -> str:
        """A model or a seed by its name."""
        kind = "m" if name in self.models else "s" if name in self.seeds else ""
        return link(anchor(kind, name), name) if kind else text(name)

    def links(self, names: Iterable[str]) -> str:
        """Several of them, in a row."""
        return ", ".join(map(self.link, names))

    def function(self, name: str) -> str:
        """A session function."""
        return link(anchor("f", name), name) if name in self.functions else text(name)

    def relation(self, relation: Relation) -> str:
        """A table, and the model that fills it."""
        model = self.tables.get(relation)
        return link(anchor("m", model), str(relation)) if model else code(relation)

    def column(self, name: str, column: str) -> str:
        """A column of a model, or the seed that a column belongs to."""
        if (name, column) in self.columns:
            return link(anchor("c", name, column), f"{name}.{column}")
        kind = "m" if name in self.models else "s" if name in self.seeds else ""
        return link(anchor(kind, name), f"{name}.{column}") if kind else text(f"{name}.{column}")
