"""Removes a test server when the process that started it is gone, however that ended.

    python reaper.py FOLDER

waits until its standard input closes, which the kernel sees to even when pytest is killed; then stops any server whose
data is at FOLDER/*/data, and removes FOLDER.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

STOP_TIMEOUT = 10  # seconds


def main() -> None:
    folder = Path(sys.argv[1])
    sys.stdin.read()
    for pid_file in folder.glob("*/data/postmaster.pid"):
        try:
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)  # "fast" shutdown: open transactions end
        except (OSError, ValueError, IndexError):
            continue  # it stopped in between
        deadline = time.monotonic() + STOP_TIMEOUT
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
