"""The help texts; a test holds them against the table of options."""

from __future__ import annotations

_CHECK = """\
loopcheck finds what silently breaks a PyTorch training loop. It reads your code and never runs it.

Usage: loopcheck [OPTIONS] [PATH ...]          check files and folders (default: the current folder)
       loopcheck run SCRIPT [ARGUMENTS ...]    run a script and watch it
       loopcheck explain CODE-or-name ...      tell all about a rule
       loopcheck rules                         list the rules

A named file is always checked; in a folder, .py files and notebooks, except what git ignores. - is standard input.
Settings stand in [tool.loopcheck] of the nearest pyproject.toml.
A comment silences a line: # loopcheck: ignore[LC101]
`loopcheck check PATH ...` is the same as `loopcheck PATH ...`.

Which findings:
  --select RULES           only these rules: codes (LC101), prefixes (LC1), names or ALL, separated by commas
  --extend-select RULES    these rules besides the others
  --ignore RULES           not these rules
  --min-certainty LEVEL    show findings that are at least possible, likely (default) or certain

Which files:
  --exclude PATTERNS       leave these names, paths or globs out, instead of the usual ones (.venv, build ...)
  --extend-exclude PATTERNS
                           leave these out as well
  --force-exclude          leave excluded files out even if they are named
  --no-force-exclude       check them if they are named (default)
  --respect-gitignore      leave out what git ignores (default)
  --no-respect-gitignore   check what git ignores, too

Output:
  --output-format FORMAT   full (default), concise, json, json-lines, github, gitlab, sarif or junit
  --statistics             count the findings of each rule instead of showing them
  -o, --output-file FILE   write the report to a file
  --color WHEN             auto (default), always or never; NO_COLOR and FORCE_COLOR are obeyed
  -q, --quiet              only the findings, no summary

Exit status: 0 nothing found, 1 errors or warnings, 2 command line or settings make no sense, 130 Ctrl-C
  --fail-on SEVERITY       what makes the exit status 1: error, warning (default) or never; advice never does
  --exit-zero              0 even if there are findings

Fixes, each tried before it is offered: the finding must go, and no other one may come:
  --fix                    apply those that are safe, then check again and show what is left
  --unsafe-fixes           with --fix or --diff: those that may change more than the fault, too
  --diff                   show the changes instead of making them; the exit status is 1 if there are any
  --show-fixes             with --fix: list what was fixed; with json and sarif: add the edits

Old findings:
  --baseline FILE          leave out the findings that this file knows
  --write-baseline         write all findings of today to it, and end with 0
  --add-ignore[=REASON]    write a comment that silences it beside each finding that is shown, and end with 0

Other:
  --config FILE            the settings of this TOML file, its paths seen from the current folder
  --isolated               no settings file at all
  --show-files             list the files that would be checked
  --show-settings          print the settings that hold, as a table of pyproject.toml
  --stdin-filename FILE    check standard input as if it lay in this file
  --no-cache               judge every file anew, and remember nothing
  -j, --jobs N             processes to use; without it, as many as pay
  -V, --version            print the version
  -h, --help               print this text
"""

_RUN = """\
Runs a training script under a watch and reports the faults it saw. The script needs no change, and torch must be there.

Usage: loopcheck run [OPTIONS] SCRIPT [ITS ARGUMENTS ...]
       loopcheck run [OPTIONS] -m MODULE [ITS ARGUMENTS ...]
       torchrun -m loopcheck run SCRIPT ...    each process is watched, process 0 reports

Options stand before the script; all behind it is the script's own. The report goes to standard error.

  --select RULES           only these rules: codes (LC101), prefixes (LC1), names or ALL, separated by commas
  --extend-select RULES    these rules besides the others
  --ignore RULES           not these rules
  --min-certainty LEVEL    show findings that are at least possible, likely (default) or certain
  --output-format FORMAT   full (default), concise, json, json-lines, github, gitlab, sarif or junit
  -o, --output-file FILE   write the report to a file
  --report FILE            write the recorded run as JSON: what ran, the losses, the findings
  --color WHEN             auto (default), always or never; NO_COLOR and FORCE_COLOR are obeyed
  -q, --quiet              only the findings
  --config FILE            the settings of this TOML file
  --isolated               no settings file at all
  -m MODULE                run a module, as python -m does
  -V, --version            print the version
  -h, --help               print this text

Exit status: the script's own if it is not 0; else 1 if a fault was seen, 0 if not, 2 if the command line makes no sense
  --fail-on SEVERITY       what makes the exit status 1: error, warning (default) or never; advice never does
  --exit-zero              0 even if faults were seen
"""

_EXPLAIN = """\
Tells all about a rule: what is wrong and why, a bad and a good example, what is legal, how to fix it, who sees it.

Usage: loopcheck explain CODE-or-name ...

  --color WHEN     auto (default), always or never
  -q, --quiet      no effect here
  -V, --version    print the version
  -h, --help       print this text
"""

_RULES = """\
Lists the rules: code, name, severity, whether each is on by default, and what it finds.

Usage: loopcheck rules

  --output-format FORMAT   full (default; concise is the same) or json
  --color WHEN             auto (default), always or never
  -q, --quiet              no effect here
  -V, --version            print the version
  -h, --help               print this text
"""


def help_text(command: str) -> str:
    """The help of a command; that of `check` is the program's."""
    return {"run": _RUN, "explain": _EXPLAIN, "rules": _RULES}.get(command, _CHECK)
