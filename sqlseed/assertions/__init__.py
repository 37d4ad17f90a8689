"""Data tests from the project's declarations to their verdicts: render, select, run on several connections, keep."""
