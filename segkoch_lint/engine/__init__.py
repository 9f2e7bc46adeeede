"""The engine of a run: each input, line by line or document by document, to findings and figures."""
