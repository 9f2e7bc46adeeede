"""Two versions of a plan: which plan was which, and what the change opens, closes and requires."""
