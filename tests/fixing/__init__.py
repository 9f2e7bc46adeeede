"""Fixes in files."""
