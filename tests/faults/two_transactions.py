"""The negative control of the kill tests: sqlseed with the checkpoint in a transaction of its own."""

from __future__ import annotations

import time

from sqlseed import cli
from sqlseed.backends import slices
from sqlseed.model import Outcome

WINDOW = 0.02  # seconds between the two commits: about as long as a slice takes


def run_slice(session, job, own, ours, version, dependants):
    """Looks, writes, commits; and only then notes that it did."""
    step, state = job.step, session.state_schema
    done = session.query(
        f'select rows, fingerprint from "{state}".checkpoint where model = :model and slice = :slice',
        {"model": step.slice.model, "slice": step.slice.key},
        {"model": "text", "slice": "text"},
    )
    if done and done[0][1] == step.fingerprint:
        return Outcome(done[0][0], False)
    with session.transaction():
        session.prepare(job.compiled.functions)
        rows, _ = slices._write(session, job, own, ours, fresh=not done)
    time.sleep(WINDOW)
    with session.transaction():
        slices._claim(session, step.slice.model, step.slice.key, job.run_id, version)
        found = slices._Found(step.fingerprint, rows, None, job.run_id)
        slices._complete(session, step.slice.model, step.slice.key, found, version, fresh=not done)
    return Outcome(rows, True)


if __name__ == "__main__":
    slices.run_slice = run_slice
    cli.main()
