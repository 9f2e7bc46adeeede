"""Calls to findings: the rule files, the gate that says yes or no, and the explanation of a no."""
