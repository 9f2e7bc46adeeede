"""Findings, the figures of a run, and the redaction of personal data."""
