"""Fixes in files: the edits of findings applied to the text, written in place or shown as a diff."""
