"""Findings about what a plan accepts, each located where the guard belongs."""
