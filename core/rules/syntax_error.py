"""A file met while scanning could not be read, decoded or parsed."""

from ..findings import Observer, Severity
from . import Card, Rule

RULE = Rule(
    Card(
        code="LC001",
        name="syntax-error",
        title="the file could not be read, decoded or parsed",
        by_reading="Told of a file that cannot be read, decoded or parsed, or that is too large or too deeply "
        "nested. In a folder, broken syntax is told only of files that look like training; of a file that you name, "
        "always.",
        why="A file that could not be read was not checked, and what was not checked must not count as clean. "
        "The other files are judged all the same.",
        bad="""
            for x, y in batches
                loss = loss_fn(model(x), y)
        """,
        good="""
            for x, y in batches:
                loss = loss_fn(model(x), y)
        """,
        legal="Never: but a file that is meant to be broken (a template, a test input) can be left out with --exclude.",
        how_to_fix="Mend the syntax at the place named, save the file as UTF-8, or exclude it.",
        severity=Severity.ERROR,
        seen_by=(Observer.STATIC,),
    )
)
