"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import sqlseed

MODULES = [
    module.name
    for module in pkgutil.walk_packages(sqlseed.__path__, "sqlseed.")
    if not module.name.endswith("__main__")  # running the command line is what importing it does
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
