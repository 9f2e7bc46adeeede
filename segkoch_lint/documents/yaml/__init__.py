"""YAML text to documents, and back from a path to its place in the text."""
