"""Settings from `[tool.loopcheck]` of a pyproject.toml: read and checked, each mistake told with file and key."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .defaults import DEFAULT_EXCLUDES
from .errors import LoopcheckError, did_you_mean
from .settings import Settings, Wrapping, certainty_named, fail_on_named

_EVENTS = ("backward", "step", "zero-grad")


def read(path: str) -> Settings:
    """The settings of this file. Raises LoopcheckError naming file and key, if it cannot be read or makes no sense."""
    import tomllib

    try:
        with open(path, "rb") as file:
            document = tomllib.load(file)
    except OSError as error:
        raise LoopcheckError(f"cannot be read: {error.strerror or error}", filename=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LoopcheckError(f"is no valid TOML: {error}", filename=path) from None
    tool = document.get("tool", {})
    table = tool.get("loopcheck", {}) if isinstance(tool, dict) else {}
    return settings_of(table, path)


def settings_of(table: object, path: str) -> Settings:
    """The settings that a table says. Raises LoopcheckError."""
    if not isinstance(table, dict):
        raise LoopcheckError("tool.loopcheck must be a table", filename=path)
    values: dict[str, Any] = {"root": os.path.dirname(os.path.abspath(path))}
    for key, value in table.items():
        if key not in _KEYS:
            raise LoopcheckError(f"unknown setting '{key}'{_near(key)}", filename=path)
        field, check = _KEYS[key]
        try:
            values[field] = check(value)
        except LoopcheckError as error:
            raise LoopcheckError(f"{key}: {error.message}", filename=path) from None
    more = values.pop("extend_exclude", ())
    if more:
        values["exclude"] = (*values.get("exclude", DEFAULT_EXCLUDES), *more)
    settings = Settings(**values)
    _demand_known_rules(settings, path)
    return settings


def _near(key: str) -> str:
    return did_you_mean(str(key).replace("_", "-"), _KEYS) or f"; known are {', '.join(sorted(_KEYS))}"


def _demand_known_rules(settings: Settings, path: str) -> None:
    from .rules import selected

    try:
        selected(settings.select, settings.extend_select, settings.ignore)
        for _, words in settings.per_file_ignores:
            selected(None, (), words)
    except LoopcheckError as error:
        raise LoopcheckError(error.message, filename=path) from None


# ---- values --------------------------------------------------------------------------------------------------------
def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise LoopcheckError("must be a list of words")
    return tuple(word.strip() for word in value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise LoopcheckError("must be true or false")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise LoopcheckError("must be a word")
    return value


def _per_file(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise LoopcheckError("must be a table: a path or glob = a list of rules")
    return tuple((pattern, _words(words)) for pattern, words in value.items())


def _wrappers(value: object) -> tuple[Wrapping, ...]:
    if not isinstance(value, dict):
        raise LoopcheckError('must be a table: a method\'s name = { event = "backward", argument = 0 }')
    return tuple(_wrapper(str(method), told) for method, told in value.items())


def _wrapper(method: str, told: object) -> Wrapping:
    if not isinstance(told, dict) or not set(told) <= {"event", "argument", "keyword"}:
        raise LoopcheckError(f"{method} takes the keys event, argument and keyword")
    if told.get("event") not in _EVENTS:
        raise LoopcheckError(f"{method}.event must be one of {', '.join(_EVENTS)}")
    argument, keyword = told.get("argument", 0), told.get("keyword")
    if not isinstance(argument, int) or isinstance(argument, bool) or argument < -1:
        raise LoopcheckError(f"{method}.argument must be 0, 1 ... or -1 for what the method is called on")
    return Wrapping(method, str(told["event"]), argument, None if keyword is None else _word(keyword))


_KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "select": ("select", _words),
    "extend-select": ("extend_select", _words),
    "ignore": ("ignore", _words),
    "per-file-ignores": ("per_file_ignores", _per_file),
    "exclude": ("exclude", _words),
    "extend-exclude": ("extend_exclude", _words),
    "respect-gitignore": ("respect_gitignore", _flag),
    "force-exclude": ("force_exclude", _flag),
    "min-certainty": ("min_certainty", lambda value: certainty_named(_word(value))),
    "fail-on": ("fail_on", lambda value: fail_on_named(_word(value))),
    "optimizers": ("optimizers", _words),
    "models": ("models", _words),
    "wrappers": ("wrappers", _wrappers),
}
"""Key -> the field of Settings, and the check that makes its value."""
