"""Settings of the whole test suite."""

import os

from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("default", max_examples=100, derandomize=True, database=None, **COMMON)
settings.register_profile("explore", max_examples=3000, **COMMON)  # HYPOTHESIS_PROFILE=explore: look for new ones
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
