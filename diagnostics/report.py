"""The report of a watch: what ran, what was found, and what could not be observed."""

from __future__ import annotations

import html
import linecache
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..findings import Finding
from .alarms import place, told
from .models import Role
from .recorder import finite
from .trace import Trace

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 40  # bars


class Model(NamedTuple):
    """A model that was called. parameters: numbers, not tensors."""

    name: str
    kind: str
    parameters: int
    forwards: int


class OptimizerRun(NamedTuple):
    """An optimizer that was met. accumulation: backward passes for each step, rounded; 0 if it never stepped."""

    name: str
    kind: str
    steps: int
    backwards: int
    accumulation: int


class LoaderRun(NamedTuple):
    """A data loader. batches: of one epoch, None if it cannot tell; epochs: runs in which a backward or step came."""

    name: str
    batches: int | None
    epochs: int


class Report(NamedTuple):
    """What one watch has seen. losses: what was given to backward(), thinned out evenly if there were many."""

    models: tuple[Model, ...]
    optimizers: tuple[OptimizerRun, ...]
    loss_functions: tuple[str, ...]
    loaders: tuple[LoaderRun, ...]
    steps: int
    losses: tuple[float, ...]
    findings: tuple[Finding, ...]
    unobserved: tuple[str, ...]

    def __str__(self) -> str:
        """Some lines for people; the findings each with the line of source they are about."""
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        """As text: what a prompt shows of it."""
        return str(self)

    def _lines(self) -> Iterator[str]:
        yield from self.ran()
        for finding in self.findings:
            yield ""
            yield told(finding).replace("\n", f"\n    | {_source(finding)}\n", 1) if _source(finding) else told(finding)
        yield ""
        yield f"{len(self.findings) or 'No'} finding{'' if len(self.findings) == 1 else 's'}."

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a training was seen."""
        return not (self.models or self.optimizers or self.findings)

    def ran(self) -> Iterator[str]:
        """What ran, one line a part; then what could not be observed."""
        for model in self.models:
            calls = f"{model.forwards:,} call{'' if model.forwards == 1 else 's'}"
            yield f"model       {model.name}: {model.kind}, {model.parameters:,} parameters, {calls}"
        for one in self.optimizers:
            every = f", a step every {one.accumulation} backward passes" if one.accumulation > 1 else ""
            if not one.steps and one.backwards:
                every = f", {one.backwards:,} backward passes"
            yield f"optimizer   {one.name}: {one.kind}, {one.steps:,} steps{every}"
        if self.loss_functions:
            yield f"loss        {', '.join(self.loss_functions)}"
        for loader in self.loaders:
            batches = "unknown" if loader.batches is None else f"{loader.batches:,}"
            epochs = f"{loader.epochs} epoch{'' if loader.epochs == 1 else 's'}"
            yield f"loader      {loader.name}: {batches} batches, {epochs}"
        if not self.models and not self.optimizers:
            yield "no training was seen: no model was called and no optimizer was used"
        if finite(list(self.losses)):
            yield f"loss curve  {sparkline(self.losses)}  {self.losses[0]:.4g} -> {self.losses[-1]:.4g}"
        for what in self.unobserved:
            yield f"not observed: {what}"

    def as_dict(self) -> dict[str, Any]:
        """All but the findings as plain data, for JSON. Numbers that JSON lacks (nan, inf) are None in `losses`."""
        return {
            "models": [one._asdict() for one in self.models],
            "optimizers": [one._asdict() for one in self.optimizers],
            "loss_functions": list(self.loss_functions),
            "loaders": [one._asdict() for one in self.loaders],
            "steps": self.steps,
            "losses": [value if finite([value]) else None for value in self.losses],
            "unobserved": list(self.unobserved),
        }

    def _repr_html_(self) -> str:
        """For notebooks: all text escaped, nothing loaded from outside."""
        ran = "<br>".join(html.escape(line) for line in self.ran())
        found = "".join(
            f"<li><b>{html.escape(f.code)} {html.escape(f.name)}</b>: {html.escape(f.message)}<br>"
            f"<code>{html.escape(place(f.site))}: {html.escape(_source(f))}</code><br>{html.escape(f.advice)}</li>"
            for f in self.findings
        )
        return f"<div><pre>{ran}</pre>{f'<ul>{found}</ul>' if found else '<p>No findings.</p>'}</div>"


def report_of(traces: Iterable[Trace], findings: Iterable[Finding], unobserved: Iterable[str]) -> Report:
    """The report of some threads."""
    traces = list(traces)
    called = [one for trace in traces for one in list(trace.called.values())]  # other threads may still run
    tracked = [one for trace in traces for one in (*trace.ended, *trace.optimizers)]
    return Report(
        tuple(Model(one.name, one.kind, one.size, one.forwards) for one in called if one.role is Role.MODEL),
        tuple(
            OptimizerRun(
                one.name or one.key,
                one.kind,
                one.steps,
                one.backwards,
                round(one.backwards / one.steps) if one.steps else 0,
            )
            for one in tracked
        ),
        tuple(dict.fromkeys(one.kind for one in called if one.role is Role.LOSS)),
        tuple(
            LoaderRun(one.name, one.length, one.epochs) for t in traces for one in t.recorder.loaders if one.epochs > 0
        ),
        sum(trace.steps for trace in traces),
        tuple(value for trace in traces for value in trace.recorder.losses.points),
        tuple(findings),
        tuple(dict.fromkeys([*unobserved, *sorted(what for trace in traces for what in trace.unobserved)])),
    )


def sparkline(values: Iterable[float], width: int = _WIDTH) -> str:
    """The course of some numbers as a row of bars, of which each is the mean of its stretch."""
    points = finite(list(values))
    if not points:
        return ""
    count = min(width, len(points))
    means = []
    for i in range(count):
        stretch = points[i * len(points) // count : (i + 1) * len(points) // count]
        means.append(sum(stretch) / len(stretch))
    low, high = min(means), max(means)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((value - low) * scale)] for value in means)


def _source(finding: Finding) -> str:
    return linecache.getline(finding.site.filename, finding.site.start.row).strip()
