"""The negative control of the kill tests: sqlseed with the checkpoint in a transaction of its own.

`python two_transactions.py MODE MODEL sqlseed's arguments...`: MODE `apart` commits the rows first and the checkpoint
afterwards, `together` is sqlseed as it is. With a MODEL the build says so, and waits to be killed, as soon as a slice
of that model is written and its checkpoint is not.
"""

from __future__ import annotations

import sys
import time

from sqlseed import cli
from sqlseed.backends import slices
from sqlseed.model import Outcome

WINDOW = 0.02  # seconds between the two commits: about as long as a slice takes
FOR_THE_KILL = 120.0  # seconds


def apart(session, job, own, ours, version, dependants):
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
    wait_in_window(step.slice.model)
    with session.transaction():
        slices._claim(session, step.slice.model, step.slice.key, job.run_id, version)
        found = slices._Found(step.fingerprint, rows, None, job.run_id)
        slices._complete(session, step.slice.model, step.slice.key, found, version, fresh=not done)
    return Outcome(rows, True)


def wait_in_window(model: str) -> None:
    """A moment; or until the kill comes."""
    if model == killed_in:
        print("in the window", file=sys.stderr, flush=True)
        time.sleep(FOR_THE_KILL)
    time.sleep(WINDOW)


def complete(session, model, *arguments, **options):
    """What completes a checkpoint, after the window."""
    if killed_in:
        wait_in_window(model)
    return completes(session, model, *arguments, **options)


if __name__ == "__main__":
    mode, killed_in = sys.argv[1:3]
    del sys.argv[1:3]
    completes = slices._complete
    if mode == "apart":
        slices.run_slice = apart
    else:
        slices._complete = complete
    cli.main()
