"""Is this database fit to demo and test with? Everything is counted in one read-only snapshot, and scored by rule.

`settings` reads what the project says, `rules` lists what must hold, `scanning` counts what does not, `realism` asks
the project's own queries, `scoring` turns counts into points, `examining` does it all.
"""
