"""How a fault is mended, said in roles instead of text: plain data that the cards of the rules carry.

Only the linter turns an Intent into edits of a text, for only it has the syntax tree.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Role(Enum):
    """A statement, by the part that it plays in a finding."""

    ANCHOR = "the statement that the finding points to"
    RELATED = "the statement of its first related place"
    SECOND = "the statement of its second related place"
    LOOP = "the innermost loop around the anchor, within its function"
    LOOP_START = "the first statement in that loop"
    EPOCH_START = "the first statement in the outermost loop around the anchor, if there are two or more"
    FUNCTION_START = "the first statement of the function around the anchor, behind its docstring"
    EVALUATION = "the loop that evaluates, or the statement at the anchor, with the no_grad() block around it"
    WRONG_MODE = "the statement before the anchor that sets the mode for it, with no evaluation in between"
    OTHER_TRAIN = "the first train() of another model before the anchor, in its function or outermost loop"
    CLEAR = "the nearest statement before that loop, in the same block, that clears the subject's gradients"
    CLEARING = "where this file clears the gradients of its other optimizers"
    ANNOUNCED = "the place under a comment that announces what is inserted or moved, and that nothing follows"
    OWN_BACKWARD = "the first backward() of the round of the subject, behind the step of any other optimizer"
    FIRST_USE = "the first statement behind the loss that uses gradients, the anchor at last, with comments above it"
    LAST_USE = "behind the backward() at the second related place, next to the anchor, the last use of its gradients"
    LONE_BACKWARD = "the backward() at the second related place, if nothing uses its gradients before the next round"
    LAST_BACKWARD = "from the anchor to the next round, the last backward(), or the last use of the gradients behind it"
    BRANCHES = "the condition around the anchor, if another branch of it computes gradients, too"
    UNSCALE = "an unscale_() of the same optimizer that stands behind the anchor"


class Action(Enum):
    """What is done."""

    INSERT = "a new statement"
    MOVE = "a statement goes to another place of its block"
    REMOVE = "a statement goes"
    WRAP_BLOCK = "a statement goes into a with block"
    UNWRAP = "a call or method around a value goes, the value stays"
    DROP_LAYER = "a layer goes from where it is built"
    WRAP_VALUE = "a call is put around the value that is assigned"
    REBIND = "what a statement computes is bound to what it was computed from"
    SET_ARGUMENT = "a call gets a keyword argument"
    DROP_ARGUMENT = "a call loses a keyword argument"
    APPEND_METHOD = "a method is called on the subject, where it is used"
    RENAME_METHOD = "another method is called"
    REMOVE_SUPPRESSION = "a comment that silences rules names some of them no longer, or goes"


class Intent(NamedTuple):
    """One thing to do. what: the statement it is done to, or in. before, after: the one beside which it goes.

    text: the new code, or names of what goes, separated by blanks. In code stand
        {subject}: the finding's subject
        {backward}: the call that propagates what the related place computes, the way this file does it
        {step}: the step of the subject, through the scaler that scaled the loss at the anchor
        {scaler}, {stepped}: the scaler that steps next behind the anchor; the optimizer that it steps
        {self}: what a method calls its object
        {carried}, {pair}: what the anchor carries into the next round, one tensor or the pair of an LSTM
        {move}: how the related place moves something to its device, such as `.to(device)`
        {container}: ModuleList, ModuleDict or their likes for parameters, whichever holds what the anchor assigns
        {torch}, {nn}: the names of torch and torch.nn in this file; they are imported if need be
    """

    action: Action
    what: Role = Role.ANCHOR
    before: Role | None = None
    after: Role | None = None
    text: str = ""


Remedy = tuple[Intent, ...]
"""Intents that together mend a fault."""


def insert(text: str, *, before: Role | None = None, after: Role | None = None) -> Intent:
    """A new statement on a line of its own."""
    return Intent(Action.INSERT, before=before, after=after, text=text)


def move(what: Role, *, before: Role | None = None, after: Role | None = None) -> Intent:
    """A statement to another place."""
    return Intent(Action.MOVE, what, before, after)


def remove(what: Role) -> Intent:
    """A statement away."""
    return Intent(Action.REMOVE, what)


def wrap_block(what: Role, text: str) -> Intent:
    """`with text:` around a statement."""
    return Intent(Action.WRAP_BLOCK, what, text=text)


def wrap_value(what: Role, text: str) -> Intent:
    """`text(...)` around what is assigned."""
    return Intent(Action.WRAP_VALUE, what, text=text)


def unwrap(what: Role, names: str) -> Intent:
    """Calls and attributes away that stand around a value: `.data`, `item()`, or a part of a function's name."""
    return Intent(Action.UNWRAP, what, text=names)


def drop_layer(what: Role, names: str) -> Intent:
    """The construction of a layer with a name like these away."""
    return Intent(Action.DROP_LAYER, what, text=names)


def rebind(what: Role) -> Intent:
    """`x.to(device)` becomes `x = x.to(device)`."""
    return Intent(Action.REBIND, what)


def set_argument(what: Role, function: str, argument: str) -> Intent:
    """The call of a function of that name gets the argument."""
    return Intent(Action.SET_ARGUMENT, what, text=f"{function} {argument}")


def drop_argument(what: Role, name: str) -> Intent:
    """The call loses it."""
    return Intent(Action.DROP_ARGUMENT, what, text=name)


def append_method(what: Role, method: str) -> Intent:
    """`loss` becomes `loss.item()`."""
    return Intent(Action.APPEND_METHOD, what, text=method)


def rename_method(what: Role, old: str, new: str) -> Intent:
    """`model.eval()` becomes `model.train()`."""
    return Intent(Action.RENAME_METHOD, what, text=f"{old} {new}")


def call_the_module(what: Role) -> Intent:
    """`model.forward(x)` becomes `model(x)`."""
    return Intent(Action.RENAME_METHOD, what, text="forward")


def remove_suppression(what: Role) -> Intent:
    """The rules that a comment silences in vain away, and all of the comment if no other is left."""
    return Intent(Action.REMOVE_SUPPRESSION, what)
