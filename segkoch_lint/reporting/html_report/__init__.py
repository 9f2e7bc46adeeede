"""The format `html`: a page for browsers."""
