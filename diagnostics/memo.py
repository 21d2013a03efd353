"""The machine with a memory: states as small integers, so that a step which is like the last one costs one lookup."""

from __future__ import annotations

from ..machine import Grads, State

_MOST = 50_000  # transitions; far above what any loop needs, so that odd programs cannot fill the memory


class Transitions:
    """Numbers states and remembers where quiet events led. Pure knowledge: may be shared and dropped at any time."""

    def __init__(self) -> None:
        self.states: list[State] = []
        self.fresh: list[bool] = []  # state by state: gradients that no step has used
        self.used: list[bool] = []  # gradients that a step has used
        self.given: list[bool] = []  # nothing is concluded
        self.early: list[bool] = []  # a step ran while a loss was waiting: which loss comes next must be looked up
        self.waits: list[bool] = []  # a loss was computed, and nothing is known of its backward
        self.quiet: dict[int, int] = {}
        self._ids: dict[State, int] = {}

    def number(self, state: State) -> int:
        """The number of a state."""
        known = self._ids.get(state)
        if known is None:
            known = self._ids[state] = len(self.states)
            self.states.append(state)
            self.fresh.append(state.grads in (Grads.READY, Grads.MIXED))
            self.used.append(state.grads is Grads.USED)
            self.given.append(state.grads is Grads.GIVEN)
            self.early.append(state.early is not None)
            self.waits.append(state.waiting is not None)
        return known

    def keep(self, key: int, after: int) -> None:
        """Remember that nothing is wrong with this transition."""
        if len(self.quiet) >= _MOST:
            self.quiet.clear()
        self.quiet[key] = after
