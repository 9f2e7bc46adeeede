"""YAML text: its documents, and the places of their values."""
