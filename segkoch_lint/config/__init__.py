"""What a run is to do: configuration files, settings, selected rules, budgets, and the exit status."""
