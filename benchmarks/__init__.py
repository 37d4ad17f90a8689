"""How fast sqlseed is, measured: `python -m benchmarks --help`. Nothing here is part of the tests or of the package."""
