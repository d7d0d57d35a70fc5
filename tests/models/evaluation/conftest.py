"""What the tests of evaluation share."""

import pytest

pytest.importorskip("keras", reason="keras is in the train extra")
