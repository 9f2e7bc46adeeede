"""How a run is done: an input line by line or document by document, to findings and figures."""
