"""Segment's calls: what a call is, the signs that identify one, and what calls are grouped by."""
