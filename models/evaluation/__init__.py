"""Evaluation: landmark errors and latencies of networks, and the tables of the paper."""
