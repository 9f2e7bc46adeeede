"""Probing: good calls and broken ones are made up, and the schemas of a plan accept or refuse them."""
