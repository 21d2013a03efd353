"""Events: what an observer tells the machine, one small tuple each."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

Mark = int
"""A place in the user's code, in the observer's own numbering; 0 is "nowhere".

The linter numbers syntax nodes, a watcher may number (code object, instruction) pairs. The machine only
carries marks around; the observer turns them into sites when it reports.
"""


class Kind(Enum):
    """What happened. One word per call of the training protocol."""

    ZERO_GRAD = auto()  # this optimizer's gradients are cleared
    FORWARD = auto()  # a loss, or the model output it comes from, is computed with a graph
    BACKWARD = auto()  # gradients are added to .grad
    STEP = auto()  # this optimizer updates its parameters
    OTHER_STEP = auto()  # another optimizer of the same program steps
    CLIP = auto()  # this optimizer's gradients are clipped
    UNSCALE = auto()  # a gradient scaler divides this optimizer's gradients by its scale
    SCALER_UPDATE = auto()  # a gradient scaler adjusts its scale
    SCHEDULER_STEP = auto()  # a learning-rate scheduler of this optimizer moves on
    MODULE_CALL = auto()  # a module is called
    LOSS_CALL = auto()  # a loss function is called
    KEEP = auto()  # a tensor is stored where it outlives the iteration
    MOVE = auto()  # a tensor or module is moved to a device, or cut from its graph
    DEFINE = auto()  # a module class is defined; its layers and its forward are known
    READ = auto()  # gradients are read as values, or computed aside (torch.autograd.grad)
    LEND = auto()  # the model was given to code that the observer cannot see: it may set gradients
    GIVE_AWAY = auto()  # the optimizer or its gradients went where the observer cannot see
    END = auto()  # the observed program, function or watch ends


class Event(NamedTuple):
    """One thing that happened to one subject.

    losses: the names (linter) or ids (watcher) of the losses a FORWARD computed or a BACKWARD or READ consumed;
        None means "this observer cannot know".
    sure: for ZERO_GRAD, that it clears exactly this optimizer's parameters; for FORWARD, that nothing but
        a model or loss function computed it (so no backward can hide in there); for BACKWARD, that the
        loss belongs to this optimizer; for GIVE_AWAY, that whoever was given it may keep it.
    awaited: for FORWARD, that a later backward on this loss is expected.
    covers: for OTHER_STEP, that the other optimizer holds all parameters of this one and so used its gradients.
    repeats: for ZERO_GRAD, that its loop never breaks, so that nothing behind the loop runs before it runs again.
    looped: it happened inside a loop, so it happens again.
    facts: what else the observer knows about it, one of the tuples of `facts/`, or None. A rule about a kind of
        fact abstains on an event that carries another kind.
    """

    kind: Kind
    mark: Mark = 0
    losses: frozenset[str] | None = None
    sure: bool = True
    awaited: bool = True
    looped: bool = True
    facts: object = None
    covers: bool = False
    repeats: bool = False
