"""Calls to verdicts: the rule files, compiled to validators, and what a call violates of them."""
