"""Fixtures of the evaluation tests."""

import pytest

pytest.importorskip("keras", reason="keras is in the train extra")
