"""The way in: `watch`, as a decorator or a `with` block, and `attach`, which is closed by hand.

    @watch
    def train(...): ...

    with watch(model, optimizer) as session:
        ...

    session = attach()
    ...
    session.close()

All of it is a no-op where the environment says LOOPCHECK=off.
"""

from __future__ import annotations

import functools
import inspect
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ..errors import LoopcheckError
from ..project import find
from ..settings import Settings, is_off
from .alarms import LoopcheckWarning
from .given import Given, given
from .session import OnFinding, Session

_SINGLE = 3


class Idle(Session):
    """A session that watches nothing: LOOPCHECK=off."""

    def open(self) -> None:
        """Nothing."""

    def close(self, *, finished: bool = True, error: BaseException | None = None) -> None:
        """Nothing."""


class Watch:
    """What `watch(...)` gives: a context manager and a decorator. Each use opens a session of its own.

    Within one thread, a decorated function that calls itself opens only one.
    """

    def __init__(self, settings: Settings | None, on_finding: OnFinding, objects: Given, caller: str) -> None:
        if settings is None and not is_off():
            settings = settings_for(caller)
        self._make = functools.partial(_session, settings, on_finding, objects, caller)
        self._make()  # a wrong name is told where it was written
        self._local = threading.local()
        self._single = 0  # calls one after the other that made a single step

    def __enter__(self) -> Session:
        session = self._make()
        _ENTERED.set((*_ENTERED.get(), (self, session)))
        return session.__enter__()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        entered = _ENTERED.get()
        last = max(i for i, (one, _) in enumerate(entered) if one is self)
        _ENTERED.set((*entered[:last], *entered[last + 1 :]))
        return entered[last][1].__exit__(kind, error, trace)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Watch each call of a function, a coroutine or a generator. Its last session is its attribute `session`."""
        if not callable(function) or isinstance(function, type):
            raise LoopcheckError(f"watch decorates a function, not {function!r}")
        if inspect.isasyncgenfunction(function):
            return self._async_generator(function)
        if inspect.iscoroutinefunction(function):
            return self._coroutine(function)
        if inspect.isgeneratorfunction(function):
            return self._generator(function)
        return self._function(function)

    def _function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            if getattr(self._local, "busy", False):
                return function(*args, **kwargs)
            self._local.busy = True
            session = self._make()
            try:
                with session:
                    watched.session = session  # type: ignore[attr-defined]
                    return function(*args, **kwargs)
            finally:
                self._local.busy = False
                self._count(function, session)
            return None  # stopped by the watch

        return watched

    def _count(self, function: Callable[..., Any], session: Session) -> None:
        """Say so once if each call makes but one step: what goes wrong from step to step cannot be seen then."""
        self._single = self._single + 1 if session.report().steps == 1 else 0
        if self._single == _SINGLE:
            text = (
                f"each call of {function.__qualname__}() is a watch of its own and makes one step: "
                "decorate the function that holds the loop, or call loopcheck.attach() before it"
            )
            warnings.warn(LoopcheckWarning(text), stacklevel=3)

    def _coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def watched(*args: Any, **kwargs: Any) -> Any:
            with self._make() as session:
                watched.session = session  # type: ignore[attr-defined]
                return await function(*args, **kwargs)
            return None

        return watched

    def _generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            with self._make() as session:
                watched.session = session  # type: ignore[attr-defined]
                return (yield from function(*args, **kwargs))
            return None

        return watched

    def _async_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def watched(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with self._make() as session:
                watched.session = session  # type: ignore[attr-defined]
                inner = function(*args, **kwargs)
                try:
                    value = await anext(inner)
                    while True:
                        try:
                            sent = yield value
                        except GeneratorExit:
                            raise
                        except BaseException as error:
                            value = await inner.athrow(error)
                        else:
                            value = await inner.asend(sent)
                except StopAsyncIteration:
                    return
                finally:
                    await inner.aclose()

        return watched


_ENTERED: ContextVar[tuple[tuple[Watch, Session], ...]] = ContextVar("loopcheck_entered", default=())
"""The with blocks that are open in this thread or task, from the outside in."""


def watch(
    model: Any = None,
    optimizer: Any = None,
    loss_fn: Any = None,
    scheduler: Any = None,
    scaler: Any = None,
    *,
    on_finding: OnFinding = "warn",
    settings: Settings | None = None,
) -> Any:
    """Watch a training loop: `@watch`, `@watch(...)` or `with watch(...) as session`.

    model, optimizer, loss_fn, scheduler, scaler: each one object, a sequence, or a mapping of names to objects. What is
    given goes by the user's names; what is not given is found when it is used.
    on_finding: "warn" (LoopcheckWarning at the user's line), "collect" (only in session.findings), "raise"
    (LoopcheckFinding), "stop" (the training ends after a step, the program goes on behind it), or a function that takes
    the Finding. All of it happens between two statements of the loop, never inside an optimizer or autograd hook.
    settings: those of the nearest pyproject.toml, if None.

    Raises LoopcheckError if an argument or the settings file makes no sense. Cost: see benchmarks/runtime_overhead.py.
    """
    caller = sys._getframe(1).f_code.co_filename
    if inspect.isroutine(model) or isinstance(model, functools.partial):  # @watch without brackets
        return Watch(settings, on_finding, Given(), caller)(model)
    return Watch(settings, on_finding, given(model, optimizer, loss_fn, scheduler, scaler), caller)


def attach(
    model: Any = None,
    optimizer: Any = None,
    loss_fn: Any = None,
    scheduler: Any = None,
    scaler: Any = None,
    *,
    on_finding: OnFinding = "warn",
    settings: Settings | None = None,
) -> Session:
    """Begin to watch at once, until `session.close()`. Everything else as for `watch`."""
    objects = given(model, optimizer, loss_fn, scheduler, scaler)
    session = _session(settings, on_finding, objects, sys._getframe(1).f_code.co_filename)
    session.open()
    return session


def _session(settings: Settings | None, on_finding: OnFinding, objects: Given, caller: str) -> Session:
    if is_off():
        return Idle()
    return Session(settings if settings is not None else settings_for(caller), on_finding, objects)


def settings_for(filename: str) -> Settings:
    """The settings of the project in which a file lies; of the current folder, if it is no file (a notebook cell)."""
    where = find(filename if Path(filename).is_file() else ".")
    if where is None:
        return Settings()
    from ..settings_file import read

    return read(where)
