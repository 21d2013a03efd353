"""Graphs that are used twice: a second backward through one, an old loss, a state that carries its graph along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ...events import Event, Kind, Mark
from ...facts.graph import Graph
from ..graph import leaves_of, tensors_in, tokens_in
from ..naming import name_of
from ..statements import body_of, in_loop

if TYPE_CHECKING:
    from ..models import Token
    from ..trace import Trace

CODES = ("LC106", "LC107", "LC113", "LC402")
_KEY = "loopcheck.used"
_FIRST = 4  # times that a place is looked at closely, whenever it is first come to
_LONG = 40  # steps that a state has carried its graph along: no window of time steps is that long by now
_TWICE = "backward through the graph a second time"
_CHANGED = "modified by an inplace operation"


class Use:
    """Lies in the nodes that a backward went through. clock: the trace's then; number: which backward it was."""

    __slots__ = ("clock", "mark", "number", "retain", "step")

    def __init__(self, mark: Mark, number: int, clock: int, step: int) -> None:
        self.mark = mark
        self.number = number
        self.clock = clock
        self.step = step
        self.retain = False


class Met:
    """What was found in the graph of the backward that is running: an earlier use, and what else it reaches.

    root: the earlier one began at this very loss. carried_at: the forward pass whose state of then came back into
    one of now. made_at: the forward pass of the old part. oldest: the step that it was made in. changed: an optimizer
    has stepped since on parameters that the old part reaches.
    """

    __slots__ = ("carried_at", "changed", "made_at", "oldest", "root", "use")

    def __init__(self, use: Use, root: bool) -> None:
        self.use = use
        self.root = root
        self.made_at: Mark = 0
        self.carried_at: Mark = 0
        self.oldest = use.step
        self.changed = False


class Graphs:
    """Marks the graphs that backward goes through, in the attentive steps, and knows them again."""

    def __init__(self) -> None:
        self.number = 0  # backward passes so far
        self.last: dict[Mark, int] = {}  # the latest of each place ...
        self.earlier = 0  # ... and of the running one's, before it
        self.seen = -1  # the one whose graph was walked
        self.use: Use | None = None
        self.met: Met | None = None
        self.kept: dict[Mark, int] = {}  # places that retain their graph, and how often that was looked at
        self.reused: set[Mark] = set()  # those of which a graph was used again

    def graph(self, trace: Trace, tensors: Any, nodes: Sequence[Any], leaves: Sequence[Tensor], mark: Mark) -> None:
        """Look for marks of earlier uses, then leave our own. Cost: 1 us a node."""
        self.seen = self.number + 1
        self.met = _meet(trace, nodes)
        self.reused |= {use.mark for node in nodes if (use := node.metadata.get(_KEY)) is not None}
        self.use = Use(mark, self.seen, trace.clock, trace.steps)
        for node in nodes:
            if getattr(node, "variable", None) is None:  # a leaf's node serves all graphs
                node.metadata[_KEY] = self.use

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: counts, and where nothing is new that is all."""
        if not trace.attentive and trace.routes[mark].count <= _FIRST:
            nodes, leaves = leaves_of(tensors)
            self.graph(trace, tensors, nodes, leaves, mark)
        self.number += 1
        self.earlier = self.last.get(mark, 0)
        self.last[mark] = self.number
        if self.use is not None:
            self.use.retain = retain
            self.use = None
            if retain and not (trace.creates or trace.weighted) and inputs is None:
                self.kept[mark] = self.kept.get(mark, 0) + 1
            if inputs is not None:
                self.met = None  # asked for a part of the gradients only

    def after_backward(self, trace: Trace, tensors: Any, mark: Mark) -> None:
        """It went well, so torch saw nothing wrong: only what is wrong all the same is told."""
        met = self.met
        if met is None:
            return
        self.met = None
        now = met.use.number > self.earlier
        facts = None
        if met.carried_at:
            if trace.steps - met.oldest >= _LONG:
                facts = Graph(met.use.mark, now, met.carried_at, carried=True)
                self._told(trace, tensors, mark, facts, 1)
        elif now:
            if met.root and not met.use.retain and _scalar(tensors):
                facts = Graph(met.use.mark, True, met.made_at)
        elif met.changed and met.use.mark == mark:
            facts = Graph(met.use.mark, False, met.made_at)
        if facts is not None and not met.carried_at:
            self._told(trace, tensors, mark, facts, 2)

    def failed_backward(self, trace: Trace, tensors: Any, error: Exception, mark: Mark) -> None:
        """torch has refused: say which earlier backward it was that used the graph."""
        twice = _TWICE in str(error)
        if not twice and _CHANGED not in str(error):
            return
        met = self.met
        if self.seen != self.number:
            met = _meet(trace, leaves_of(tensors)[0])
        self.met = None
        if met is None and twice and trace.before_at and trace.before_at != mark:
            # a graph of the cruise, which carries no marks: most likely the backward before this one has used it
            self._told(trace, tensors, mark, Graph(trace.before_at, True), 1)
        if met is None or self.number == met.use.number:
            return
        now = met.use.number > self.earlier or self._again_in_helper(trace, met, mark)
        if now and not twice and not met.carried_at:
            return
        self._told(trace, tensors, mark, Graph(met.use.mark, now, met.made_at, bool(met.carried_at)), 1)
        error.add_note(_note(trace, met, now))

    def close(self, trace: Trace) -> None:
        """The end: which graphs were kept for nothing?"""
        if trace.reads:
            return  # torch.autograd.grad may have used them
        for mark, times in self.kept.items():
            if times >= _FIRST and mark not in self.reused:
                trace.court.at_once("the loss", Event(Kind.BACKWARD, mark, facts=Graph(retained=True)))

    def _again_in_helper(self, trace: Trace, met: Met, mark: Mark) -> bool:
        """One line that is called twice in an iteration: a function around backward(), and no step since."""
        place = trace.sites.place(mark)
        if any(one.in_step for one in trace.optimizers):
            return False  # a closure: the optimizer calls it, and the loss may be an old one
        if met.use.mark != mark or met.use.step != trace.steps or place is None:
            return False
        body = body_of(place.code)
        return body is not None and place.code.co_name != "<module>" and not in_loop(body, trace.sites.line(mark))

    def _told(self, trace: Trace, tensors: Any, mark: Mark, facts: Graph, repeats: int) -> None:
        loss = next(tensors_in(tensors), None)
        trace.court.at_once(name_of(loss, "the loss"), Event(Kind.BACKWARD, mark, facts=facts), repeats=repeats)


def _meet(trace: Trace, nodes: Sequence[Any]) -> Met | None:
    """The latest earlier use of these nodes, rather one that freed them. None for a graph that is new."""
    uses = {use for node in nodes if (use := node.metadata.get(_KEY)) is not None}
    if not uses:
        return None
    use = max(uses, key=lambda one: (not one.retain, one.number))
    met = Met(use, nodes[0].metadata.get(_KEY) is not None)
    tokens = list(tokens_in(nodes))
    old = [token for token in tokens if token.number <= use.clock]
    fresh = [token for token in tokens if token.number > use.clock]
    if old:
        oldest = min(old, key=lambda token: token.number)
        met.made_at, met.oldest = oldest.mark, oldest.step
        met.carried_at = _carried(nodes, tokens, use.clock)
        met.made_at = met.carried_at or met.made_at
        met.changed = _stepped_since(trace, nodes, oldest)
    elif fresh and not met.root and _rests_on(nodes, fresh[0], use):  # a state that the model itself keeps
        met.made_at = met.carried_at = fresh[0].mark
    return met


def _carried(nodes: Sequence[Any], tokens: Sequence[Token], clock: int) -> Mark:
    """The place of a forward pass of now that was given what the same place has made before: a recurrent state."""
    fresh = {token.mark for token in tokens if token.number > clock}
    for node in nodes:
        token = node.metadata.get("loopcheck")
        if token is not None and token.number > clock and token.mark in fresh:
            fresh.discard(token.mark)  # nearest first; what it does not reach, its fellows do not either
            for below in tokens_in(_below(node)):
                if below.mark == token.mark and below.number <= clock:
                    return int(token.mark)
    return 0


def _below(node: Any, most: int = 20_000) -> list[Any]:
    seen, found = {node}, [node]
    for one in found:  # grows while it is walked
        for parent, _ in one.next_functions:
            if parent is not None and parent not in seen and len(found) < most:
                seen.add(parent)
                found.append(parent)
    return found


def _rests_on(nodes: Sequence[Any], token: Token, use: Use) -> bool:
    """Whether a forward pass of now goes through a part that was used before."""
    start = next((node for node in nodes if node.metadata.get("loopcheck") is token), None)
    return start is not None and any(node.metadata.get(_KEY) is use for node in _below(start))


def _stepped_since(trace: Trace, nodes: Sequence[Any], token: Token) -> bool:
    """Whether parameters that a forward pass has used were stepped after it."""
    stepped = [one for one in trace.optimizers if one.stepped > token.number]
    if not stepped:
        return False
    start = next((node for node in nodes if node.metadata.get("loopcheck") is token), None)
    below = _below(start) if start is not None else []
    reached = {id(node.variable) for node in below if getattr(node, "variable", None) is not None}
    return any(not one.held.isdisjoint(reached) for one in stepped)


def _scalar(tensors: Any) -> bool:
    return all(tensor.numel() == 1 for tensor in tensors_in(tensors))


def _note(trace: Trace, met: Met, now: bool) -> str:
    """What the exception does not say, for the user who reads it."""
    first, made = trace.sites.site(met.use.mark), trace.sites.site(met.made_at)
    parts = []
    if first is not None:
        parts.append(f"this graph was used up by the backward() at {first.filename}:{first.start.row}")
    if made is not None and met.carried_at:
        parts.append(f"a state made at {made.filename}:{made.start.row} was carried on without detach()")
    elif made is not None and not now:
        parts.append(f"it was made in an earlier iteration, at {made.filename}:{made.start.row}")
    return "loopcheck: " + "; ".join(parts or ["a part of this graph was used up by an earlier backward()"])


PROBE = Graphs
