"""Settings from a TOML file: `[tool.loopcheck]`, checked word by word. A file is data: nothing in it is ever run."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import LoopcheckError, did_you_mean
from .events import Kind
from .settings import Settings, Wrapper, certainty_named, fail_on_named

EVENTS = {"backward": Kind.BACKWARD, "step": Kind.STEP, "zero-grad": Kind.ZERO_GRAD}
"""What a wrapper may stand for."""
_RECEIVER = -1  # as `argument` of a wrapper: the object whose method it is


def has_table(filename: str, data: bytes) -> bool:
    """Whether this TOML has a table of ours. A file that spells out our table and cannot be parsed counts as one."""
    try:
        tool = _parsed(filename, data).get("tool")
    except LoopcheckError:
        return b"tool.loopcheck" in data
    return isinstance(tool, dict) and "loopcheck" in tool


def read(filename: str, root: str | None = None) -> Settings:
    """The settings in a TOML file, those it does not name at their defaults.

    root: the folder that patterns with a `/` are relative to; None means the folder of the file.
    Raises LoopcheckError, naming file and key, if it cannot be read or parsed, has no table [tool.loopcheck], or if
    a key, a value or a rule in there makes no sense.
    """
    try:
        with open(filename, "rb") as file:
            data = file.read()
    except OSError as error:
        raise LoopcheckError(f"cannot read the settings: {error.strerror or error}", filename=filename) from None
    tool = _parsed(filename, data).get("tool")
    table = tool.get("loopcheck") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise LoopcheckError("there is no table [tool.loopcheck] in this file", filename=filename)
    folder = os.path.realpath(os.path.dirname(os.path.abspath(filename)) if root is None else root)
    try:
        return _settings(table, folder)
    except LoopcheckError as error:
        raise LoopcheckError(error.message, filename=filename) from None


def _parsed(filename: str, data: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise LoopcheckError(f"this is no valid TOML: {error}", filename=filename) from None
    except UnicodeDecodeError as error:
        raise LoopcheckError(f"this is no valid UTF-8: {error.reason}", filename=filename) from None
    except RecursionError:
        raise LoopcheckError("this TOML is nested too deeply", filename=filename) from None


def _settings(table: Mapping[str, Any], root: str) -> Settings:
    _demand_known(table, _KEYS, "[tool.loopcheck]")
    given = {key: _KEYS[key](value, f"`{key}`") for key, value in table.items()}
    more = given.pop("extend-exclude", ())
    chosen = Settings(**{key.replace("-", "_"): value for key, value in given.items()})
    _demand_rules(chosen)
    return chosen._replace(
        exclude=tuple(_rooted(pattern, root) for pattern in (*chosen.exclude, *more)),
        per_file_ignores=tuple(
            (_rooted(pattern + "*" if pattern.endswith("/") else pattern, root), words)
            for pattern, words in chosen.per_file_ignores
        ),
    )


def _demand_known(table: Iterable[str], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"; it may have {', '.join(known)}"
            raise LoopcheckError(f"{where} has no key '{key}'{hint}")


def _demand_rules(chosen: Settings) -> None:
    """Raises LoopcheckError if a word is no rule. The rules are loaded only if there are words."""
    lists = [("`select`", chosen.select or ()), ("`extend-select`", chosen.extend_select), ("`ignore`", chosen.ignore)]
    lists += [(f"`per-file-ignores` for '{pattern}'", words) for pattern, words in chosen.per_file_ignores]
    for key, words in lists:
        if words:
            from .rules import without

            try:
                without(frozenset(), words)
            except LoopcheckError as error:
                raise LoopcheckError(f"{key}: {error.message}") from None


def _rooted(pattern: str, root: str) -> str:
    """A pattern with a `/` as one for absolute paths; a plain name or glob fits at any depth and stays."""
    cleaned = pattern.replace(os.sep, "/").removeprefix("./").rstrip("/")
    if "/" not in cleaned or os.path.isabs(cleaned) or not root:
        return cleaned
    escaped = "".join(f"[{char}]" if char in "*?[" else char for char in root.replace(os.sep, "/").rstrip("/"))
    return f"{escaped}/{cleaned}"


# ---- one reader per kind of value: each returns it or raises LoopcheckError naming the key ------------------
def _wrong(key: str, wanted: str, value: object) -> LoopcheckError:
    kinds = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "a table",
    }
    return LoopcheckError(f"{key} must be {wanted}, not {kinds.get(type(value), 'a date or time')}")


def _words(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong(key, "a list of strings", value)
    return tuple(_word(part, f"each member of {key}") for part in value)


def _word(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise _wrong(key, "a string", value)
    if not value.strip() or "\0" in value:
        raise LoopcheckError(f"{key} must not be empty")
    return value


def _names(value: object, key: str) -> tuple[str, ...]:
    return tuple(_name(name, f"each member of {key}") for name in _words(value, key))


def _name(value: object, key: str) -> str:
    word = _word(value, key).rpartition(".")[2]  # mylib.optim.Fancy: the class is recognised by its last part
    if not word.isidentifier():
        raise LoopcheckError(f"{key} must be a name of Python, not '{value}'")
    return word


def _flag(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, "true or false", value)
    return value


def _certainty(value: object, key: str) -> object:
    return _named(certainty_named, value, key)


def _fail_on(value: object, key: str) -> object:
    return _named(fail_on_named, value, key)


def _named(known: Callable[[str], object], value: object, key: str) -> object:
    try:
        return known(_word(value, key))
    except LoopcheckError as error:
        raise error if error.message.startswith(key) else LoopcheckError(f"{key}: {error.message}") from None


def _per_file(value: object, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise _wrong(key, "a table of a pattern and a list of rules each", value)
    return tuple((_word(pattern, key), _words(words, f"{key} for '{pattern}'")) for pattern, words in value.items())


def _wrappers(value: object, key: str) -> tuple[Wrapper, ...]:
    if not isinstance(value, dict):
        raise _wrong(key, "a table of a method and what it stands for each", value)
    return tuple(_wrapper(method, entry, f"`wrappers.{method}`") for method, entry in value.items())


def _wrapper(method: str, entry: object, key: str) -> Wrapper:
    if not isinstance(entry, dict):
        raise _wrong(key, 'a table such as { event = "backward", argument = 0 }', entry)
    _demand_known(entry, ("event", "argument", "keyword"), key)
    if "event" not in entry:
        raise LoopcheckError(f"{key} must say its event: one of {', '.join(EVENTS)}")
    event = _word(entry["event"], f"event of {key}")
    if event not in EVENTS:
        raise LoopcheckError(
            f"event of {key} cannot be '{event}'{did_you_mean(event, EVENTS)}: one of {', '.join(EVENTS)}"
        )
    position = entry.get("argument", 0)
    if not isinstance(position, int) or isinstance(position, bool):
        raise _wrong(f"argument of {key}", "a number", position)
    if position < _RECEIVER:
        raise LoopcheckError(f"argument of {key} must be 0 or more, or -1 for the object that the method is called on")
    keyword = entry.get("keyword")
    return Wrapper(
        method=_name(method, "each key of `wrappers`"),
        kind=EVENTS[event],
        argument=None if position == _RECEIVER else position,
        keyword=None if keyword is None else _name(keyword, f"keyword of {key}"),
    )


_KEYS: dict[str, Callable[[Any, str], Any]] = {
    "select": _words,
    "ignore": _words,
    "extend-select": _words,
    "per-file-ignores": _per_file,
    "exclude": _words,
    "extend-exclude": _words,
    "respect-gitignore": _flag,
    "force-exclude": _flag,
    "min-certainty": _certainty,
    "fail-on": _fail_on,
    "optimizers": _names,
    "models": _names,
    "wrappers": _wrappers,
}
"""The keys of [tool.loopcheck]: `extend-exclude` ends in Settings.exclude, the others in the field of their name."""


# ---- the way back ------------------------------------------------------------------------------------------
def as_toml(settings: Settings) -> str:
    """The settings as a table [tool.loopcheck] that `read` turns into the same settings again."""
    lines = ["[tool.loopcheck]"]
    if settings.select is not None:
        lines.append(f"select = {_list(settings.select)}")
    lines += [
        f"extend-select = {_list(settings.extend_select)}",
        f"ignore = {_list(settings.ignore)}",
        f'min-certainty = "{settings.min_certainty.label}"',
        f'fail-on = "{settings.fail_on.value if settings.fail_on else "never"}"',
        f"exclude = {_list(settings.exclude)}",
        f"respect-gitignore = {str(settings.respect_gitignore).lower()}",
        f"force-exclude = {str(settings.force_exclude).lower()}",
        f"optimizers = {_list(settings.optimizers)}",
        f"models = {_list(settings.models)}",
    ]
    if settings.per_file_ignores:
        lines += ["", "[tool.loopcheck.per-file-ignores]"]
        lines += [f"{_string(pattern)} = {_list(words)}" for pattern, words in settings.per_file_ignores]
    if settings.wrappers:
        lines += ["", "[tool.loopcheck.wrappers]", *map(_wrapper_line, settings.wrappers)]
    return "\n".join(lines) + "\n"


def _wrapper_line(wrapper: Wrapper) -> str:
    (event,) = [name for name, kind in EVENTS.items() if kind is wrapper.kind]
    position = _RECEIVER if wrapper.argument is None else wrapper.argument
    keyword = f", keyword = {_string(wrapper.keyword)}" if wrapper.keyword else ""
    return f'{_string(wrapper.method)} = {{ event = "{event}", argument = {position}{keyword} }}'


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_string, words))}]"


def _string(text: str) -> str:
    """A TOML string without a character that could steer a terminal."""
    return "".join(c if c.isprintable() else _escaped(c) for c in json.dumps(text, ensure_ascii=False))


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
