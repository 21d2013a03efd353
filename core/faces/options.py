"""The command line's options: one table, and a parser for it that is a page long.

Written by hand because argparse alone would double the start-up time. On the start-up path: imports nothing.
"""

from __future__ import annotations

FLAG, VALUE, LIST, OPTIONAL = "flag", "value", "list", "optional"  # the last: a flag that may have a value
COMMANDS = ("check", "run", "explain", "rules")

_EVERYWHERE = {"--color": VALUE, "--help": FLAG, "--version": FLAG, "--quiet": FLAG}
_OF_COMMAND: dict[str, dict[str, str]] = {
    "check": {
        "--select": LIST,
        "--ignore": LIST,
        "--extend-select": LIST,
        "--min-certainty": VALUE,
        "--fail-on": VALUE,
        "--exit-zero": FLAG,
        "--exclude": LIST,
        "--extend-exclude": LIST,
        "--force-exclude": FLAG,
        "--no-force-exclude": FLAG,
        "--respect-gitignore": FLAG,
        "--no-respect-gitignore": FLAG,
        "--output-format": VALUE,
        "--config": VALUE,
        "--isolated": FLAG,
        "--no-cache": FLAG,
        "--jobs": VALUE,
        "--stdin-filename": VALUE,
        "--statistics": FLAG,
        "--show-files": FLAG,
        "--show-settings": FLAG,
        "--output-file": VALUE,
        "--fix": FLAG,
        "--unsafe-fixes": FLAG,
        "--diff": FLAG,
        "--show-fixes": FLAG,
        "--baseline": VALUE,
        "--write-baseline": FLAG,
        "--add-ignore": OPTIONAL,
    },
    "run": {
        "--select": LIST,
        "--ignore": LIST,
        "--extend-select": LIST,
        "--min-certainty": VALUE,
        "--fail-on": VALUE,
        "--exit-zero": FLAG,
        "--output-format": VALUE,
        "--output-file": VALUE,
        "--report": VALUE,
        "--config": VALUE,
        "--isolated": FLAG,
        "-m": VALUE,
    },
    "explain": {},
    "rules": {"--output-format": VALUE},
}
_SHORT = {"-h": "--help", "-V": "--version", "-q": "--quiet", "-j": "--jobs", "-o": "--output-file"}
_CHOICES = {
    "--color": ("auto", "always", "never"),
    "--fail-on": ("error", "warning", "never"),
    "--min-certainty": ("possible", "likely", "certain"),
    "--output-format": ("full", "concise", "json", "json-lines", "github", "gitlab", "sarif", "junit"),
}


FOR_MACHINES = ("json", "json-lines", "github", "gitlab", "sarif", "junit")


class UsageError(Exception):
    """The command line makes no sense; the message says why in one sentence."""


class Request:
    """A parsed command line. `lists` holds only the options that were given."""

    __slots__ = ("command", "flags", "lists", "values", "words")

    def __init__(self) -> None:
        self.command = ""
        self.words: list[str] = []
        self.flags: set[str] = set()
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}


def parse(argv: list[str]) -> Request:
    """What the arguments ask for. The first word is the command if it is a command's name, else it is a path.

    After the script or module of `run`, and after `--`, nothing is taken for an option. Raises UsageError.
    """
    request = Request()
    given: list[str] = []
    rest = list(argv)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            request.words += rest
            break
        if argument.startswith("-") and argument != "-":
            given.append(_option(argument, rest, request))
            if argument == "-m":  # all behind the module's name is the module's
                request.words += rest
                break
        elif not request.command and not request.words and argument in COMMANDS:
            request.command = argument
        else:
            request.words.append(argument)
            if request.command == "run":  # all behind the script's name is the script's
                request.words += rest
                break
    request.command = request.command or "check"
    _demand_fitting(request.command, given)
    return request


def _option(argument: str, rest: list[str], request: Request) -> str:
    """Stores one option, taking its value from `rest` if it stands there; returns its long name."""
    name, equals, value = argument.partition("=")
    short = argument[:2]
    if short in _SHORT and len(argument) > 2 and _kind(_SHORT[short]) != FLAG:  # -j2
        name, equals, value = short, "=", argument[2:].removeprefix("=")
    name = _SHORT.get(name, name)
    kind = _kind(name)
    if kind == FLAG:
        if equals:
            raise UsageError(f"{name} takes no value")
        request.flags.discard(_opposite(name))
        request.flags.add(name)
        return name
    if kind == OPTIONAL:  # its value stands behind an equals sign, or is none: a path may follow
        request.flags.add(name)
        request.values.pop(name, None)
        if not equals:
            return name
    if not equals:
        if not rest:
            raise UsageError(f"{name} needs a value{_choices(name)}")
        value = rest.pop(0)
    if kind == LIST:
        request.lists.setdefault(name, []).extend(_split(name, value))
    else:
        request.values[name] = _chosen(name, value)
    return name


def _opposite(name: str) -> str:
    """The flag that this one takes back: the last of the two wins."""
    return "--" + name.removeprefix("--no-") if name.startswith("--no-") else "--no-" + name.removeprefix("--")


def _kind(name: str) -> str:
    for table in (_EVERYWHERE, *_OF_COMMAND.values()):
        if name in table:
            return table[name]
    from difflib import get_close_matches

    near = get_close_matches(name, [*_EVERYWHERE, *_OF_COMMAND["check"]], n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise UsageError(f"unknown option {name}{hint}; `loopcheck --help` lists them")


def _split(name: str, value: str) -> list[str]:
    words = [word for word in (part.strip() for part in value.split(",")) if word]
    if not words:
        raise UsageError(f"{name} needs a value")
    return words


def _chosen(name: str, value: str) -> str:
    if not value:
        raise UsageError(f"{name} needs a value{_choices(name)}")
    if name == "--jobs" and not (value.isdecimal() and int(value)):
        raise UsageError(f"--jobs must be a number from 1 on, not '{value}'")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise UsageError(f"{name} cannot be '{value}'{_choices(name)}")
    return value


def _choices(name: str) -> str:
    return f": one of {', '.join(_CHOICES[name])}" if name in _CHOICES else ""


def _demand_fitting(command: str, given: list[str]) -> None:
    for name in given:
        if name not in _EVERYWHERE and name not in _OF_COMMAND[command]:
            raise UsageError(f"{name} is no option of `loopcheck {command}`")
