"""Fuzzing: what strangers could send, made at random, read in child processes, and counted."""
