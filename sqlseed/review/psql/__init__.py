"""The build as psql scripts: the folder `sql/` of the review, which a DBA runs without Python."""

from sqlseed.review.psql.files import script_name, scripts, write_scripts
from sqlseed.review.psql.grants import grant_statements
from sqlseed.review.psql.models import meaning
from sqlseed.review.psql.preamble import setting_reasons
from sqlseed.review.psql.undo import own_predicates

__all__ = [
    "grant_statements",
    "meaning",
    "own_predicates",
    "script_name",
    "scripts",
    "setting_reasons",
    "write_scripts",
]
