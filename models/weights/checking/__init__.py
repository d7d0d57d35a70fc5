"""Checks of models that strangers send, before a runtime reads them."""
