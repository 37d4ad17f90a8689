"""Runs the command line and writes its process's peak memory to a file: `python -m benchmarks.child FILE ARGS...`."""

from __future__ import annotations

import sys
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
    Path(sys.argv[1]).write_text(str(peak_bytes()), encoding="utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
