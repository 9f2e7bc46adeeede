"""Identity across sources."""
