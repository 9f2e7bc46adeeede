"""Tracking plans: what they let through, what a change of them opens and closes, and the guard they lack."""
