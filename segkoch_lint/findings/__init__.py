"""Findings: what is wrong and where, what a run counted, and what must not be shown."""
