"""Passes over the lines of a log that break nothing, without reading them as documents."""
