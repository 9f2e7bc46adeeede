"""Configuration: files, settings, rule selection, budgets and the exit status of a run."""
