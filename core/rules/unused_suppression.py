"""A suppression of ours that suppresses nothing, or names an unknown rule."""

from ..findings import Observer, Severity
from . import Card, Rule

CARD = Card(
    code="LC002",
    name="unused-suppression",
    title="a comment that silences a rule has nothing to silence",
    why="A suppression that is not needed hides the next real finding on its line, and one that names an unknown rule "
    "silences nothing although somebody believes that it does.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()  # loopcheck: ignore[LC101] cleared elsewhere
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Comments for rules that are switched off, noqa comments and the codes of other tools are never judged.",
    how_to_fix="Remove the comment, or name the rule that it is meant for.",
    severity=Severity.WARNING,
    seen_by=(Observer.STATIC,),
)

RULE = Rule(CARD)
