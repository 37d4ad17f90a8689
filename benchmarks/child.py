"""Runs the command line, and writes what its process used to a file: `python -m benchmarks.child FILE ARGS...`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from sqlseed import cli


def peak_bytes() -> int:
    """The largest resident set that this process ever had.

    Linux's VmHWM; elsewhere getrusage, which on Linux would include the parent's memory at the time of the fork.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = (line.split() for line in status.read_text("utf-8").splitlines())
        return next(int(words[1]) * 1024 for words in lines if words[0] == "VmHWM:")
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> int:
    """Runs the command; its exit code."""
    code = cli.run(sys.argv[2:])
    used = {"memory": peak_bytes(), "cpu": round(time.process_time(), 2)}
    Path(sys.argv[1]).write_text(json.dumps(used), encoding="utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
