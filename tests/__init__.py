"""A package, so that `from tests.support import ...` never means somebody else's `tests`."""
