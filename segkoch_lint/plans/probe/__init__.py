"""Calls that are put to a plan: made up, broken, evaluated, and what the plan says of each."""
