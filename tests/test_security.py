"""SECURITY.md keeps its word: an audit hook sees all that the interpreter does while a hostile folder is checked."""

import json
import os
import subprocess
import sys
from pathlib import Path

TRAP = "open('SPRUNG', 'w').close()\n"
BAD = "import torch\nfor x, y in batches:\n    loss = f(x)\n    loss.backward()\n    optimizer.step()\n"
WATCHED = """
import json, os, sys
seen = []
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "pickle.", "marshal.",
             "shutil.", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate",
             "os.chmod", "urllib.", "http.", "ftplib.", "smtplib.", "ctypes.")
def audit(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        seen.append(("writes" if writes else "reads", str(path)))
    elif event == "exec":
        seen.append(("executes", arguments[0].co_filename))
    elif event.startswith(FORBIDDEN):
        if event != "marshal.loads" and event != "marshal.load":  # how Python reads its own byte code
            seen.append((event, ""))
import libcst  # what libraries do while they are loaded is theirs
from loopcheck.faces.cli import main
sys.addaudithook(audit)
status = main(sys.argv[1:])
events, seen = seen, []
print(json.dumps([status, events]))
"""


def test_checking_a_hostile_folder_only_reads_it(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAP + BAD, encoding="utf-8")
    for name in ("json", "re", "libcst", "torch", "sitecustomize", "conftest", "__init__", "setup"):
        (tmp_path / f"{name}.py").write_text(TRAP + BAD, encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    command = [sys.executable, "-P", "-c", WATCHED, "--output-format=concise", "--quiet", "."]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", timeout=60)
    *lines, last = done.stdout.splitlines()
    status, events = json.loads(last)

    assert (status, done.stderr) == (1, "")
    assert sorted(line.partition(":")[0] for line in lines) == sorted(path.name for path in before)
    assert ["reads", "train.py"] in events, "the hook must see what happens"
    assert [event for event in events if event[0] not in ("reads", "executes")] == []
    executed = {Path(tmp_path, name).resolve() for kind, name in events if kind == "executes"}
    assert executed.isdisjoint(path.resolve() for path in before)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
