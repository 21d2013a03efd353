"""A suppression of ours that suppresses nothing, or names an unknown rule."""

from ..findings import Observer, Severity
from ..intents import Role, remove_suppression
from . import Card, Rule

CARD = Card(
    code="LC002",
    name="unused-suppression",
    title="a comment that silences a rule has nothing to silence",
    by_reading="Compares the comments of a file with its findings, those of rules that are switched off included. A "
    "comment is not called unused where only a watch could see its rule, or where not all of the file could be "
    "judged.",
    anchor="loss.backward()  # loopcheck: ignore[LC101] cleared elsewhere",
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
    legal="A suppression of a rule that is switched off, `# loopcheck: skip-file`, a bare `# noqa`, codes of other "
    "tools after `# noqa:`, and every comment in a file that is not worth parsing because it does not train.",
    how_to_fix="Remove the comment, or the rule that it names in vain, or put it on the first, the last or the "
    "reported line of the statement.",
    severity=Severity.WARNING,
    seen_by=(Observer.STATIC,),
    remedies=((remove_suppression(Role.ANCHOR),),),
    safe_fix=True,
)

RULE = Rule(CARD)
