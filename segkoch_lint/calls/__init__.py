"""Segment's calls: what a call is, the signs that one is known by, and what calls are grouped by."""
