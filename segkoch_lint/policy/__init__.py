"""What counts: configuration, selection, severities, and the exit status."""
