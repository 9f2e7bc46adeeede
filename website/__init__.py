"""The documentation site: its navigation, its build and the check of its links."""
