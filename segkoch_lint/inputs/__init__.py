"""Inputs: find files and URLs, open them, decompress them."""
