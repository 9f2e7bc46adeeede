"""How fast segkoch-lint is, and beside what: made-up logs, and commands that print tables. See docs/benchmarks.md."""
