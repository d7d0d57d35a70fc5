"""Calculators whose packets are handles to what lies on a GPU."""
