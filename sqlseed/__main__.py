"""`python -m sqlseed`."""

from sqlseed.cli import main

main()
