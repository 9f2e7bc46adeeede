"""The files that a repository needs to be checked: configuration, pre-commit hook and CI jobs."""
