"""Rules about what comes before the others: the statement's syntax, and the opt-outs. No model can opt out of them."""

from __future__ import annotations

from sqlseed.lint.rule import Rule

SYNTAX = Rule(
    name="postgresql-syntax",
    level="error",
    title="PostgreSQL's parser refuses the statement",
    why=(
        "The statement is parsed with the grammar that PostgreSQL itself uses. What it refuses here, every server"
        " refuses, and no other rule can look at the model."
    ),
    instead="Correct the statement. `sqlseed compile MODEL` prints what the template renders to.",
)
OPT_OUT = Rule(
    name="opt-out",
    level="error",
    title="an opt-out without a reason, or of a rule that does not exist",
    why="A reader of the review has to know why a rule is not followed. An opt-out that gives no reason has no effect.",
    instead="config(lint={'rule-name': 'why it does not matter here'}), or the same under `config:` in YAML.",
)
UNUSED = Rule(
    name="unused-opt-out",
    level="note",
    title="an opt-out of a rule that finds nothing in the model",
    why="It would hide the next finding of that rule, which nobody has judged.",
    instead="Take the rule out of the model's `lint`.",
)
RULES = (SYNTAX, OPT_OUT, UNUSED)
