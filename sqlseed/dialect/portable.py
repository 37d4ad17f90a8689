"""What is the same on PostgreSQL and DuckDB, as data, and what to write instead of what is not."""

from __future__ import annotations

import re

INSTEAD = {
    "age": "subtract the years, and correct by one where the day has not come yet",
    "json_agg": "string_agg(... order by ...) between '[' and ']'",
    "json_build_object": "put the text together with ||",
    "to_json": "put the text together with ||",
    "format": "join the parts with ||",
    "width_bucket": "(x - low) * buckets / (high - low) in whole numbers",
    "similar to": "a regular expression: x ~ '^...$'",
    "hashtext": "text_hash(...)",
    "to_number": "a cast",
    "to_date": "a cast of YYYY-MM-DD text, or make_date(year, month, day)",
    "to_timestamp": "a cast of text, or timestamp '1970-01-01' + interval '1 second' * n",
    "avg": "sum(x)::double precision / count(x), the sum of whole numbers",
    "stddev": "sums of whole numbers; a sum of doubles depends on the order of the rows",
    "power": "x * x, or a seed with the values: the platform's libm decides the last digit",
    "exp": "a seed with the values: the platform's libm decides the last digit",
    "sign": "case when x < 0 then -1 when x > 0 then 1 else 0 end",
    "div": "a / b, which is a whole number where both are",
    "array_agg": "string_agg(... order by ...), or rows",
    "initcap": "upper(left(x, 1)) || lower(substr(x, 2)): what a word is depends on the database",
    "encode": "md5(text), or text_hash(text)",
    "reverse": "substr(): letters with vowel signs turn round differently",
    "<<": "a multiplication: n * 32",
    "date_part": "extract(year from d)::int",
    "array": "rows: values (1), (2)",
    "mode": "a row_number() over (order by ...)",
    "at time zone": "timestamps without time zone; a fixed difference is interval '5:30'",
    "overlaps": "a < d and c < b",
    "jsonb": "put the text together with ||",
    "substring": "regexp_replace(x, '^.*(...).*$', '\\1'), or split_part(x, ',', 1)",
    "regexp_match": "x ~ '...', or regexp_replace(x, '^.*(...).*$', '\\1')",
    "tablesample": "a chance(): where {{ chance('sample', 'n', 0.1) }}",
    "nth_value": "a row_number() and a join",
    "try_cast": "a cast",
}
_SAME_ADVICE = {
    "json_agg": "jsonb_agg jsonarrayagg json_arrayagg jsonbaggr jsonobjectagg json_object_agg jsonb_object_agg"
    " jsonbobjectagg xmlagg",
    "json_build_object": "jsonb_build_object json_build_array jsonb_build_array row_to_json jsonobject jsonarray"
    " json_object json_array",
    "to_json": "to_jsonb array_to_json tojson parsejson",
    "similar to": "similarto",
    "hashtext": "hashint8 hashint8extended hashtextextended",
    "to_date": "strtodate tsordstodate strtotime",
    "to_timestamp": "unixtotime unixtotimestr",
    "stddev": "stddev_pop stddev_samp stddevpop stddevsamp variance var_pop var_samp variancepop corr covar_pop"
    " covarpop covarsamp covar_samp regr_slope regr_intercept regr_r2 regrslope",
    "power": "pow cbrt",
    "exp": "ln log log10 sin cos tan asin acos atan atan2 sinh cosh tanh degrees radians pi",
    "div": "intdiv",
    "array_agg": "arrayagg arrayuniqueagg",
    "encode": "decode sha256 sha224 sha384 sha512 sha sha2 sha256 s_h_a2_digest",
    "<<": "bitwiseleftshift",
    "array": "bracket arraycontains arrayconcat array_length cardinality arraysize array_position string_to_array"
    " stringtoarray array_to_string arraytostring arrayoverlaps arraycontainsall arrayappend explode unnest"
    " generateseries explodinggenerateseries generate_subscripts generate_series regexp_split_to_table string_to_table",
    "mode": "percentile_cont percentile_disc percentilecont percentiledisc median quantile withingroup",
    "at time zone": "attimezone timezone converttimezone",
    "jsonb": "jsonextract jsonextractscalar jsonbextract jsonbextractscalar json parse_json jsonbcontains",
    "regexp_match": "regexp_matches regexp_substr regexp_count regexp_like regexp_instr regexpextract regexpcount"
    " regexpextractall regexpinstr regexpsplit regexp_split_to_array",
    "tablesample": "tablesample",
    "nth_value": "nthvalue",
    "try_cast": "trycast",
}
ADVICE = {name: text for key, text in INSTEAD.items() for name in (key, *_SAME_ADVICE.get(key, "").split())}
"""What to write instead, by function or sqlglot class, in lower case."""

SPOKEN = {
    "bitwiseleftshift": "<<",
    "similarto": "similar to",
    "attimezone": "at time zone",
    "bracket": "a subscript",
    "intdiv": "div",
    "strtodate": "to_date",
    "strtotime": "to_timestamp",
    "unixtotime": "to_timestamp",
    "s_h_a2_digest": "sha256",
    "arraysize": "array_length",
    "jsonextract": "->",
    "jsonextractscalar": "->>",
}
"""What an author wrote, where sqlglot's class has another name."""

NODES = frozenset(
    """
    Select From Where Group Having Order Ordered Limit Offset Fetch Join Lateral Subquery With CTE Table
    TableAlias Alias Column Identifier Star Values Tuple Union Intersect Except Distinct Window WindowSpec
    Filter Rollup Cube GroupingSets Grouping Literal Boolean Null Placeholder Parameter RawString
    Interval IntervalSpan Var DataType DataTypeParam Cast Paren Add Sub Mul Div Mod Neg Abs Round Trunc Floor
    Ceil Sqrt BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseRightShift And Or Not EQ NEQ LT LTE GT GTE Is In
    Between NullSafeEQ NullSafeNEQ Exists Any All Case If Coalesce Nullif Greatest Least Like ILike Escape
    RegexpLike RegexpILike RegexpReplace StartsWith DPipe Concat ConcatWs Upper Lower Left Right Pad
    Trim Replace Substring SplitPart Chr Ascii Length StrPosition Repeat Translate Overlay Hex MD5 Collate
    Extract TimestampTrunc TimeToStr Count Sum Min Max LogicalAnd LogicalOr GroupConcat RowNumber Rank DenseRank
    Ntile PercentRank CumeDist Lag Lead FirstValue LastValue GenerateSeries ExplodingGenerateSeries Unnest Array
    Dot Anonymous LimitOptions MakeInterval Kwarg ByteString TimestampFromParts TimeFromParts DateFromParts
    """.split()  # noqa: SIM905
)
"""The sqlglot classes whose meaning is the same on both, once what `mending` knows is mended."""

CALLS = frozenset(["make_date", "make_timestamp", "make_time", "octet_length"])
"""Functions that sqlglot has no class for, and that both engines have."""

CAST_TYPES = (
    *("text", "integer", "bigint", "numeric(12, 2)", "double precision", "boolean"),
    *("date", "timestamp", "time", "interval", "uuid", "jsonb"),
)
"""The types that a model can cast to."""

FIELDS = ["year", "month", "day", "hour", "minute", "isodow", "dow", "doy", "week", "isoyear", "quarter", "epoch"]
"""What extract() may ask for."""

RANKING = (
    "RowNumber",
    "Rank",
    "DenseRank",
    "Ntile",
    "Lag",
    "Lead",
    "FirstValue",
    "LastValue",
    "PercentRank",
    "CumeDist",
)
"""Window functions that mean nothing without an order."""

TIME_FORMATS = {
    "YYYY": "%Y", "YY": "%y", "IYYY": "%G", "MM": "%m", "FMMM": "%-m", "IW": "%V", "DD": "%d", "FMDD": "%-d",
    "DDD": "%j", "HH24": "%H", "FMHH24": "%-H", "HH12": "%I", "FMHH12": "%-I", "MI": "%M", "SS": "%S", "AM": "%p",
    "PM": "%p", "Mon": "%b", "FMMonth": "%B", "Dy": "%a", "FMDay": "%A",
}  # fmt: skip
_FORMAT_TOKENS = re.compile(
    "|".join([*sorted(TIME_FORMATS, key=len, reverse=True), '"[^"%]*"', r"[^A-Za-z0-9\"%\\]", "(?P<other>.)"])
)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_ISO_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?\Z")
_REGEX_OK = re.compile(
    r"""(
      [^\\()\[\]{}*+?|^$]            # a character that stands for itself, or the dot
    | \\[.()\[\]{}*+?|^$/\\-]        # an escaped sign
    | \[\^?\]?(\\[\]\\^-]|[^\]\\\[])*\]  # a class without [:names:]
    | [*+?](?![*+?{]) | \{\d+(,\d*)?\}(?![*+?{])
    | [()^$|]
    )*\Z""",
    re.VERBOSE | re.DOTALL,
)


def strftime(text: str) -> str | None:
    """DuckDB's form of a to_char() format; None where they differ.

    >>> strftime("DD Mon YYYY")
    '%d %b %Y'
    """
    pieces = []
    for found in _FORMAT_TOKENS.finditer(text):
        if found["other"]:
            return None
        pieces.append(TIME_FORMATS.get(found[0], found[0].strip('"') if found[0].startswith('"') else found[0]))
    return "".join(pieces)


def is_iso(kind: str, text: str) -> bool:
    """Whether a text is read as the same date or timestamp everywhere and always ('today' is not)."""
    return bool((_ISO_DATE if kind == "date" else _ISO_TIMESTAMP).match(text))


def is_number(text: str) -> bool:
    """Whether a text is a plain number, and neither NaN nor infinite."""
    return bool(re.match(r"\s*[+-]?\d+(\.\d+)?\s*\Z", text))


def regex_problem(pattern: str, *, replaces: bool) -> str | None:
    """Why a regular expression may match something else on DuckDB; None where it cannot."""
    if "(?" in pattern:
        return "has (?...), which the engines read differently"
    if re.search(r"\\[A-Za-z0-9]", pattern) or "[:" in pattern:
        return "has a class such as \\d, \\w or [[:alpha:]], which differs beyond ASCII; write [0-9] or [A-Za-z]"
    if replaces and re.search(r"\)[*+?{]", pattern):
        return "repeats a group, of which PostgreSQL takes the longest match and DuckDB the first"
    if replaces and "|" in pattern:
        return "has |, of which PostgreSQL takes the longest and DuckDB the first; replace one after the other"
    if not _REGEX_OK.match(pattern):
        return (
            "is not one that both engines read alike; keep to characters, classes [a-z], * + ? {n,m}, groups, ^ and $"
        )
    return None
