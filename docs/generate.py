"""Writes docs/rules/ from the cards of the rules: `python docs/generate.py`.

`--check` writes nothing: it names the pages that are not as they would be written, and then ends with 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from loopcheck.faces.pages import fix_of, observers
from loopcheck.faces.report import concise
from loopcheck.findings import Certainty, Observer
from loopcheck.linter import lint_source
from loopcheck.rules import Card, catalogue
from loopcheck.settings import Settings

FOLDER = Path(__file__).parent / "rules"
PREAMBLE = """\
import torch

torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = torch.nn.MSELoss()
batches = [(torch.randn(3, 2), torch.randn(3, 1)) for _ in range(5)]

"""
FAMILIES = {
    "LC0": "Files and comments",
    "LC1": "Gradients and order",
    "LC2": "Modes",
    "LC3": "Devices",
    "LC4": "Metrics and memory",
    "LC5": "Loss and parameters",
    "LC6": "Schedule, clipping, mixed precision",
    "LC7": "Data",
    "LC8": "Learning",
    "LC9": "Several processes",
}
_WIDTH = 120
_SPACE = "\N{NO-BREAK SPACE}"  # stands for a blank that must not become a line break
_ARGUMENTS = r"\((?:[^()]|\([^()]*\))*\)"
_CALLS = rf"(?:{_ARGUMENTS}(?:\.\w+)*)*"
_CODE = re.compile(
    r"(?<![\w.)-])(?:"
    rf"[A-Za-z_][\w.]* = (?:\[\w+\]|\w+(?:\.\w+)*{_CALLS})"  # a binding
    rf"|[A-Za-z_][\w.]*{_ARGUMENTS}(?:\.\w+{_CALLS})*"  # a call
    r"|--[a-z][a-z-]+"  # an option
    r"|\w+=\w+(?:\.\w+)*"  # a keyword with its value
    r"|[A-Za-z_]*_[\w.]*\w|[A-Za-z]\w*_"  # a name with an underscore
    r"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"  # a path
    r"|\.[a-z]\w+(?:\(\))?"  # .item(), .data
    r"|(?:(?:[A-Z]+[a-z]+){2,}[A-Z]*|[A-Z]+\d?[A-Z][a-z]{2,})(?!\w)"  # a class
    r")"
)
_WORDS = frozenset({"PyTorch"})


# ---- prose -----------------------------------------------------------------------------------------------------------
def prose(text: str) -> str:
    """A text of a card as Markdown: what looks like code is set as code, and lines end in time."""
    return _lines(_marked(text))


def _lines(text: str) -> str:
    return "\n".join(wrap(text, _WIDTH, break_on_hyphens=False, break_long_words=False)).replace(_SPACE, " ")


def _marked(text: str) -> str:
    parts = text.split("`")  # every second one is code already
    return "".join(_span(part) if i % 2 else _CODE.sub(_as_code, part) for i, part in enumerate(parts))


def _as_code(found: re.Match[str]) -> str:
    return found[0] if found[0] in _WORDS else _span(found[0])


def _span(code: str) -> str:
    return f"`{code.replace(' ', _SPACE)}`"


def _sentence(text: str) -> str:
    made = text if _CODE.match(text) else text[:1].upper() + text[1:]
    return made if made.endswith(".") else f"{made}."


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}```"


# ---- one rule --------------------------------------------------------------------------------------------------------
def page(card: Card) -> str:
    """The page of one rule."""
    parts = [f"# {card.code} {card.name}", prose(_sentence(card.title)), _facts(card)]
    parts += [f"## {title}\n\n{body}" for title, body in _sections(card) if body]
    parts.append("[All rules](README.md) · [How it works](../how-it-works.md)")
    return "\n\n".join(parts) + "\n"


def _facts(card: Card) -> str:
    return "\n".join(
        [
            "| severity | default | certainty | seen by |",
            "| --- | --- | --- | --- |",
            f"| {card.severity.value} | {_default(card)} | {_certainty(card)} | {_seen(card)} |",
        ]
    )


def _default(card: Card) -> str:
    if not card.default:
        return "off"
    return "on" if card.most > Certainty.POSSIBLE else "on, hidden as possible"


def _certainty(card: Card) -> str:
    guesses = Observer.STATIC in card.seen_by and catalogue()[card.code].broken is not None
    return "certain, likely or possible" if guesses else card.most.label


def _seen(card: Card) -> str:
    words = {Observer.STATIC: "reading", Observer.RUNTIME: "running"}
    return " and ".join(words[observer] for observer in card.seen_by)


def _sections(card: Card) -> Iterator[tuple[str, str]]:
    yield "Why", prose(card.why)
    yield "Bad", "\n\n".join([_block("py", card.bad_source), *_transcript(card)])
    yield "Good", _block("py", card.good_source)
    yield "When it is legal", prose(card.legal)
    yield "How to fix it", f"{prose(card.how_to_fix)}\n\n{prose(fix_of(card))}"
    yield "How it is seen", "\n\n".join(prose(f"**{who}.** {text}") for who, text in observers(card))
    yield "Which rule speaks", "\n\n".join(_order(card))
    yield "Silence it", _silence(card)


def _transcript(card: Card) -> Iterator[str]:
    """What the linter prints about the bad example, where it can see it."""
    settings = Settings(extend_select=(card.code,))
    found = [one for one in lint_source(PREAMBLE + card.bad_source, "train.py", settings) if settings.shows(one)]
    if Observer.STATIC in card.seen_by and found:
        more = "" if card.default else f" --extend-select {card.code}"
        command = f"$ loopcheck --quiet --output-format concise{more} train.py"
        yield _block("text", f"{command}\n{concise.render(found)}")


def _order(card: Card) -> Iterator[str]:
    """One cause gives one finding: who goes before, and who goes after."""
    after = [code for code, rule in catalogue().items() if card.code in rule.card.yields_to]
    if card.yields_to:
        yield _lines(f"Where one of these has the same cause, it speaks instead: {_links(card.yields_to)}.")
    if after:
        yield _lines(f"It speaks in place of {_links(after)}.")


def _links(codes: Sequence[str]) -> str:
    return ", ".join(f"[{code}{_SPACE}{catalogue()[code].card.name}]({code}.md)" for code in codes)


def _silence(card: Card) -> str:
    if card.code == "LC001":
        return prose("No comment can hide it: what was not read is not clean. `--ignore LC001` switches it off.")
    off = f'`ignore = ["{card.code}"]` in `[tool.loopcheck]`, or `--ignore {card.code}`, switches it off.'
    if not card.default:
        off = f"It is off by default; `--extend-select {card.code}` switches it on."
    if card.code == "LC002":
        return prose(f"Remove the comment. {off}")
    line = f"{card.anchor}  # loopcheck: ignore[{card.code}] the reason, for people\n"
    return _block("py", line) + "\n\n" + prose(off)


# ---- all rules -------------------------------------------------------------------------------------------------------
def index() -> str:
    """The page that lists them, by family."""
    cards = [rule.card for rule in catalogue().values()]
    parts = [_HEAD, _block("py", PREAMBLE.rstrip("\n") + "\n")]
    for family, title in FAMILIES.items():
        own = [card for card in cards if card.code.startswith(family)]
        parts += [f"## {title}\n\n{_table(own)}"] if own else []
    return "\n\n".join(parts) + "\n"


_HEAD = """\
# Rules

One page for each rule, written by `python docs/generate.py` from the cards in `core/rules/`. `loopcheck explain CODE`
prints the same in a terminal.

Reading is `loopcheck PATH`, running is `loopcheck run` and `watch`. Fix: what `--fix` does (safe), or only
`--fix --unsafe-fixes` (unsafe).

## The examples

The examples of the pages are programs. Before each stand these lines, and the line numbers count them:"""


def _table(cards: Sequence[Card]) -> str:
    rows = ["| code | name | what is wrong | severity | default | seen by | fix |", "| --- " * 7 + "|"]
    for card in cards:
        link, title = f"[{card.code}]({card.code}.md)", _marked(_sentence(card.title)).replace(_SPACE, " ")
        cells = (link, card.name, title, card.severity.value, _default(card), _seen(card), _fix(card))
        rows.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join(rows)


def _fix(card: Card) -> str:
    return ("safe" if card.safe_fix else "unsafe") if card.remedies else ""


# ---- files -----------------------------------------------------------------------------------------------------------
def pages() -> dict[str, str]:
    """All pages by the name of their file."""
    return {"README.md": index()} | {f"{code}.md": page(rule.card) for code, rule in catalogue().items()}


def stale(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """The names of the files that differ from what is wanted, are missing, or are there in vain."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))


def write(folder: Path, wanted: Mapping[str, str]) -> None:
    """Make the folder hold these pages and no other."""
    folder.mkdir(exist_ok=True)
    for name in stale(folder, wanted):
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (folder / name).unlink()


def main(arguments: Sequence[str]) -> int:
    """The command line. Returns the exit status."""
    if arguments not in ([], ["--check"]):
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    wanted = pages()
    names = stale(FOLDER, wanted)
    if arguments:
        for name in names:
            print(f"docs/rules/{name} is stale: run python docs/generate.py", file=sys.stderr)
        return 1 if names else 0
    write(FOLDER, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
