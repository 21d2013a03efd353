"""The pages of docs/ keep their word: those of the rules are generated, the others are held against the program."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest
from test_readme import KNOWN_OPTIONS, ROOT, blocks, options_named, printed_by, rows, run
from test_rules import PREAMBLE

from loopcheck.errors import ExitCode
from loopcheck.faces import options, pytest_watch
from loopcheck.faces.report import MACHINE
from loopcheck.rules import catalogue
from loopcheck.settings_file import _KEYS, read

DOCS = ROOT / "docs"
WRITTEN = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
"""The pages that people have written."""
EVERY_PAGE = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
each_page = pytest.mark.parametrize("name", list(WRITTEN))
FOREIGN = frozenset(
    {"--loopcheck", "--lf", "--nproc-per-node", "--epochs", "--ruff", "--torchfix", "--rounds", "--rules"}
)
"""Options of pytest, torchrun, a script of the reader's, and our benchmarks."""


# ---- the pages of the rules ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wanted(generate: ModuleType) -> dict[str, str]:
    pages: dict[str, str] = generate.pages()
    return pages


def test_the_pages_of_the_rules_are_what_the_generator_writes(generate: ModuleType, wanted: dict[str, str]) -> None:
    assert generate.stale(DOCS / "rules", wanted) == [], "run python docs/generate.py"
    assert generate.pages() == wanted  # the same each time
    assert generate.PREAMBLE == PREAMBLE


def test_a_page_that_is_stale_missing_or_too_many_fails_the_check(
    generate: ModuleType,
    wanted: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path / "rules")
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "rules" / "LC101.md").write_text(wanted["LC101.md"] + "\n", encoding="utf-8")
    (tmp_path / "rules" / "LC102.md").unlink()
    (tmp_path / "rules" / "LC999.md").write_text("# LC999\n", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert re.findall(r"rules/(\S+) is stale", capsys.readouterr().err) == ["LC101.md", "LC102.md", "LC999.md"]
    assert generate.main([]) == 0
    assert generate.stale(tmp_path / "rules", wanted) == []
    assert generate.main(["--chekc"]) == 2


def test_each_rule_has_a_page_in_one_family(wanted: dict[str, str]) -> None:
    assert set(wanted) == {"README.md", *(f"{code}.md" for code in catalogue())}
    assert re.findall(r"^\| \[(LC\d+)\]", wanted["README.md"], re.MULTILINE) == list(catalogue())


def test_a_page_says_what_is_fixed(generate: ModuleType) -> None:
    card = catalogue()["LC101"].card._replace(remedies=(), safe_fix=False)
    mended = card._replace(remedies=("a remedy",))
    assert "does not fix it" in generate.page(card)
    assert "--unsafe-fixes" in generate.page(mended)
    assert "the fix is safe" in generate.page(mended._replace(safe_fix=True))


def test_prose_becomes_markdown(generate: ModuleType) -> None:
    text = "Write p.grad = None. Or super().forward(x), `# noqa`, __call__, MSELoss, PyTorch (N, 1)."
    made = "Write `p.grad = None`. Or `super().forward(x)`, `# noqa`, `__call__`, `MSELoss`, PyTorch (N, 1)."
    assert " ".join(generate.prose(text).split()) == made
    assert max(map(len, generate.prose(text * 5).splitlines())) <= 120


# ---- all pages -------------------------------------------------------------------------------------------------------
def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", _without_code(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", _without_code(page.read_text(encoding="utf-8")))
    assert links
    for link in links:
        target, _, anchor = link.partition("#")
        if target.startswith("https:"):
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert ROOT in file.parents
        assert not anchor or anchor in anchors(file), link


def test_the_index_names_every_page() -> None:
    linked = set(re.findall(r"\]\(([^)]+)\)", WRITTEN["README.md"]))
    assert {*WRITTEN, "rules/README.md"} - {"README.md"} <= linked


@each_page
def test_lines_of_prose_end_in_time(name: str) -> None:
    prose = _without_code(WRITTEN[name]).splitlines()
    assert [line for line in prose if len(line) > 120 and not line.startswith("|")] == []


# ---- against the program ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("command", "name"), [("check", "check.md"), ("run", "run.md")])
def test_every_option_is_told(command: str, name: str) -> None:
    told = options_named(WRITTEN[name]) | set(re.findall(r"`(-[a-zA-Z])`", WRITTEN[name]))
    assert {*options._EVERYWHERE, *options._OF_COMMAND[command]} <= told


@each_page
def test_every_option_that_is_told_exists(name: str) -> None:
    assert options_named(WRITTEN[name]) - {"--check"} <= KNOWN_OPTIONS | FOREIGN


def test_every_format_is_told() -> None:
    listed = [form for form, _ in rows("format", WRITTEN["formats.md"])]
    assert listed == list(options._CHOICES["--output-format"])
    assert set(MACHINE) <= set(listed)


def test_every_setting_is_told_and_the_examples_are_settings(tmp_path: Path) -> None:
    assert {key for key, *_ in rows("key", WRITTEN["check.md"])} == set(_KEYS)
    examples = [block for block in blocks("toml", WRITTEN["check.md"]) if "tool.loopcheck" in block]
    assert examples
    for example in examples:
        (tmp_path / "pyproject.toml").write_text(example, encoding="utf-8")
        assert read(str(tmp_path / "pyproject.toml")).wrappers


def test_the_exit_statuses_are_those_of_the_command() -> None:
    assert [int(status) for status, _ in rows("exit status", WRITTEN["check.md"])] == [code.value for code in ExitCode]


def test_what_the_plugin_adds_to_pytest_is_told(pytestconfig: pytest.Config) -> None:
    source = (ROOT / "core" / "faces" / "pytest_plugin.py").read_text(encoding="utf-8")
    inis, flags = re.findall(r'addini\("(\w+)"', source), re.findall(r'addoption\("(--\w+)"', source)
    fixtures = re.findall(r"@pytest\.fixture\ndef (\w+)\(", source)
    markers = [
        line.partition(":")[0].partition("(")[0] for line in pytestconfig.getini("markers") if "loopcheck" in line
    ]
    assert len(inis) == 2 and flags and fixtures and len(markers) == 2
    page = WRITTEN["pytest.md"]
    assert [name for name, *_ in rows("ini option", page)] == inis
    for name in (*flags, *fixtures, *markers, *pytest_watch._OPTIONS):
        assert f"`{name}`" in page
    for name in ("attach", "expect", "findings"):
        assert hasattr(pytest_watch.TestWatch, name)
        assert f"loopcheck_session.{name}" in page


@each_page
def test_python_compiles(name: str) -> None:
    for block in blocks("py(?:thon)?", WRITTEN[name]):
        compile(block, name, "exec")


@pytest.mark.parametrize("name", ["watch.md", "python-api.md"])
@pytest.mark.filterwarnings("ignore")  # torch's own
def test_the_python_examples_run(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    examples = blocks("python", WRITTEN[name])
    assert examples
    assert all(printed_by(example, capsys) for example in examples)


TRANSCRIPTS = [(name, block) for name, text in WRITTEN.items() for block in blocks("console", text)]


@pytest.mark.parametrize(("name", "transcript"), TRANSCRIPTS, ids=lambda text: text.partition("\n")[0])
def test_a_transcript_is_what_the_command_prints(name: str, transcript: str) -> None:
    first, _, shown = transcript.partition("\n")
    command, _, given = first.partition(" < ")
    assert command.startswith("$ loopcheck ")
    text = (ROOT / given).read_text(encoding="utf-8") if given else ""
    done = run(sys.executable, "-m", "loopcheck", *shlex.split(command)[2:], given=text)
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)]
    assert re.fullmatch(r"(?:.*\n)*?".join(parts), done.stdout + done.stderr), done.stdout + done.stderr


def test_there_are_transcripts() -> None:
    assert {"check.md", "run.md", "formats.md"} <= {name for name, _ in TRANSCRIPTS}
