"""What the tests of networks and of their training share."""

import pytest


@pytest.fixture(scope="session")
def without_tensorflow() -> str:
    """The beginning of a program that is to run as if TensorFlow were not installed."""
    return """
import sys
class NoTensorFlow:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tensorflow":
            raise ModuleNotFoundError("tensorflow is hidden from this test", name=name)
sys.meta_path.insert(0, NoTensorFlow())
"""


@pytest.fixture
def eager():
    """Tracing a whole network takes longer than the few steps of a test."""
    import tensorflow

    tensorflow.config.run_functions_eagerly(True)
    yield
    tensorflow.config.run_functions_eagerly(False)
