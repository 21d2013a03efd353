"""Looking at what objects hold runs none of their code."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from loopcheck.diagnostics.naming import attributes_of  # noqa: E402


class Proxy:
    """Pretends to be what it wraps, as werkzeug's and wrapt's do; here each question is a fault."""

    def __init__(self) -> None:
        object.__setattr__(self, "held", 1)

    @property
    def __class__(self) -> type:  # type: ignore[override]
        raise RuntimeError("asked for __class__")

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(f"asked for {name}")


def test_a_proxy_is_not_asked() -> None:
    assert attributes_of(Proxy()) == {"held": 1}


@pytest.mark.parametrize("value", [int, torch, 3, [1]])
def test_classes_modules_and_plain_values_hold_nothing(value: object) -> None:
    assert attributes_of(value) == {}
