"""Settings of the whole test suite."""

import os
import sys
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]
COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("default", COMMON, max_examples=100, derandomize=True, database=None)
settings.register_profile("explore", COMMON, max_examples=3000)  # HYPOTHESIS_PROFILE=explore: look for new ones
os.environ["LOOPCHECK_CACHE_DIR"] = tempfile.mkdtemp(prefix="loopcheck-tests-")  # not the user's own
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Threads of torch cost more than these tiny models; a session that collected nothing of torch stays without it."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(autouse=True)
def the_usual_type() -> Iterator[None]:
    """Programs under test may choose another default type, and run in this process."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_default_dtype(sys.modules["torch"].float32)
