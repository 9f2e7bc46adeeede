"""Text to documents: detect the format, split, parse; find places only when something asks for them."""
