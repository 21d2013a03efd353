"""The catalogue as people read it: codes, names and every sentence on a card."""

from __future__ import annotations

import ast
import pkgutil
import re

import pytest

from loopcheck import rules
from loopcheck.events import Kind
from loopcheck.findings import Severity
from loopcheck.rules import Rule, catalogue

EXPECTED = """
LC001 syntax-error            error
LC101 missing-zero-grad       error
LC102 zero-grad-before-step   error
LC103 step-before-backward    error
LC104 missing-backward        error
LC105 missing-step            error
LC109 step-without-gradients  error
LC110 step-twice              error
"""
ALL = list(catalogue().values())
each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.card.code)


def test_codes_names_and_severities_are_those_that_were_promised() -> None:
    """They are public: users write them into settings and suppressions, so none may change by accident."""
    table = {(card.code, card.name, card.severity.value) for card in (rule.card for rule in ALL)}
    expected = {tuple(line.split()) for line in EXPECTED.strip().splitlines()}
    assert {row for row in table if row[0] in {code for code, _, _ in expected}} == expected


def test_codes_and_names_are_unique() -> None:
    files = [entry.name for entry in pkgutil.iter_modules(rules.__path__)]
    assert len(files) == len(ALL) == len({rule.card.name for rule in ALL})  # a code used twice loses an entry
    assert sorted(rule.card.name.replace("-", "_") for rule in ALL) == sorted(files)
    assert list(catalogue()) == sorted(catalogue())
    assert all(code == rule.card.code and re.fullmatch(r"LC\d{3}", code) for code, rule in catalogue().items())


@each_rule
def test_a_card_is_complete(rule: Rule) -> None:
    card = rule.card
    for text in (card.title, card.why, card.legal, card.how_to_fix):
        assert text.strip() == text
        assert len(text) > 20
        assert "  " not in text and "\n" not in text
    for sentence in (card.why, card.legal, card.how_to_fix):
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence.startswith(("backward(", "step(", "zero_grad("))
    assert not card.title.endswith(".")  # it stands in a list
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", card.name)
    assert isinstance(card.severity, Severity)
    assert 0 < card.latency <= 50


@each_rule
def test_the_examples_differ_and_are_programs(rule: Rule) -> None:
    assert rule.card.bad_source != rule.card.good_source
    ast.parse(rule.card.good_source)
    if rule.broken:
        ast.parse(rule.card.bad_source)
    for source in (rule.card.bad_source, rule.card.good_source):
        assert source.startswith("for ")  # dedented
        assert source.endswith("\n") and not source.endswith("\n\n")


@each_rule
def test_a_rule_that_judges_can_tell(rule: Rule) -> None:
    assert bool(rule.judged_at) == (rule.broken is not None) == (rule.told is not None)
    assert set(rule.judged_at) <= set(Kind)
    assert rule.card.intent is not None or not rule.card.safe_fix


def test_rules_yield_in_one_direction_only() -> None:
    """If two rules yielded to each other, neither would speak."""
    yields = {code: set(rule.card.yields_to) for code, rule in catalogue().items()}
    for code, others in yields.items():
        assert others <= set(catalogue())
        assert not any(code in yields[other] for other in others)
