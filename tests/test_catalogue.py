"""The catalogue as people read it: codes, names and every sentence on a card."""

from __future__ import annotations

import ast
import pkgutil
import re

import pytest

from loopcheck import rules
from loopcheck.events import Kind
from loopcheck.findings import Observer, Severity
from loopcheck.rules import Rule, catalogue

EXPECTED = """
LC001 syntax-error                    error
LC002 unused-suppression              warning
LC101 missing-zero-grad               error
LC102 zero-grad-before-step           error
LC103 step-before-backward            error
LC104 missing-backward                error
LC105 missing-step                    error
LC106 backward-twice                  error
LC107 stale-loss                      error
LC108 detached-loss                   error
LC109 step-without-gradients          error
LC110 step-twice                      error
LC111 forward-called-directly         warning
LC112 loss-not-scalar                 error
LC113 graph-retained-needlessly       advice
LC114 parameters-changed-outside-step warning
LC201 training-in-eval-mode           error
LC202 evaluation-in-train-mode        warning
LC203 evaluation-tracks-gradients     warning
LC204 training-without-gradients      error
LC205 dropout-ignores-mode            warning
LC301 device-mismatch                 error
LC302 moved-tensor-discarded          error
LC303 device-sync-in-loop             advice
LC304 model-left-on-cpu               advice
LC401 loss-keeps-graph                warning
LC402 state-keeps-graph               warning
LC403 loss-average-miscounted         warning
LC404 uneven-batch-average            advice
LC405 accumulation-not-scaled         warning
LC406 single-sample-batch-norm        warning
LC501 softmax-before-cross-entropy    error
LC502 sigmoid-before-bce-with-logits  error
LC503 nll-loss-without-log-softmax    error
LC504 loss-arguments-swapped          error
LC505 loss-broadcast                  error
LC506 parameters-not-in-optimizer     error
LC507 parameters-without-gradient     warning
LC508 layers-not-registered           error
LC601 scheduler-before-step           warning
LC602 scheduler-cadence               warning
LC603 clip-after-step                 error
LC604 clip-before-backward            error
LC605 clip-before-unscale             error
LC606 scaler-not-updated              error
LC607 scaler-bypassed                 error
LC608 backward-under-autocast         advice
LC701 loader-restarted-each-step      warning
LC702 training-data-not-shuffled      advice
LC703 sampler-epoch-not-set           warning
LC704 same-batch-every-step           advice
LC705 batch-fields-disagree           warning
LC706 workers-share-generator         warning
LC801 loss-not-finite                 error
LC802 gradient-not-finite             error
LC803 exploding-gradients             warning
LC804 vanishing-gradients             warning
LC805 parameters-unchanged            error
LC806 loss-not-decreasing             advice
LC807 loss-still-improving            advice
LC808 update-ratio-off                advice
LC809 dead-units                      advice
LC901 ddp-bypassed                    error
LC902 ranks-diverged                  error
LC903 ranks-out-of-step               error
LC904 gradients-never-synchronized    error
"""
ALL = list(catalogue().values())
each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.card.code)


def test_codes_names_and_severities_are_those_that_were_promised() -> None:
    """They are public: users write them into settings and suppressions, so none may change by accident."""
    table = {(card.code, card.name, card.severity.value) for card in (rule.card for rule in ALL)}
    expected = {tuple(line.split()) for line in EXPECTED.strip().splitlines()}
    assert table <= expected


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
    assert 0 <= card.latency <= 50
    assert card.seen_by


@each_rule
def test_a_card_says_how_each_observer_sees_it(rule: Rule) -> None:
    """Where one cannot see it, there is nothing to say, and the pages say so by themselves."""
    card = rule.card
    for observer, text in ((Observer.STATIC, card.by_reading), (Observer.RUNTIME, card.by_running)):
        assert bool(text) == (observer in card.seen_by)
        assert "  " not in text and "\n" not in text and text.strip() == text
        assert not text or (len(text) > 40 and text.endswith(".") and len(text) < 400)


@each_rule
def test_the_examples_differ_and_are_programs(rule: Rule) -> None:
    assert rule.card.bad_source != rule.card.good_source
    ast.parse(rule.card.good_source)
    if rule.broken:
        ast.parse(rule.card.bad_source)
    for source in (rule.card.bad_source, rule.card.good_source):
        assert not source.startswith((" ", "\n"))
        assert source.endswith("\n") and not source.endswith("\n\n")


@each_rule
def test_a_rule_that_judges_can_tell(rule: Rule) -> None:
    assert bool(rule.judged_at) == (rule.broken is not None) == (rule.told is not None)
    assert rule.broken is None or rule.card.anchor in [line.strip() for line in rule.card.bad_source.splitlines()]
    assert set(rule.judged_at) <= set(Kind)
    assert rule.card.remedies or not rule.card.safe_fix


def test_rules_yield_in_one_direction_only() -> None:
    """If two rules yielded to each other, neither would speak."""
    yields = {code: set(rule.card.yields_to) for code, rule in catalogue().items()}
    for code, others in yields.items():
        assert others <= set(catalogue())
        assert not any(code in yields[other] for other in others)
