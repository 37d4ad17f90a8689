"""The build as psql scripts: the folder `sql/` of the review, which a DBA runs without Python."""

from sqlseed.review.psql.files import scripts, write_scripts
from sqlseed.review.psql.grants import grant_statements
from sqlseed.review.psql.undo import own_predicates

__all__ = ["grant_statements", "own_predicates", "scripts", "write_scripts"]
