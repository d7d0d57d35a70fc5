"""The blend-shape networks in Keras, the faces they learn from, and their training."""

import attention_mesh.models.keras_backend  # noqa: F401 - before keras
