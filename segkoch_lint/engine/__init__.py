"""Goes through the lines of a log: counts those that are known to break nothing, and hands on the others."""
