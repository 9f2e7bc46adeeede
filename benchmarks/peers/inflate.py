"""Inflates a file of gzip with Python's zlib, and does nothing else. Argument: FILE."""

from __future__ import annotations

import sys
import zlib

with open(sys.argv[1], "rb") as packed:  # noqa: PTH123 - pathlib would be read, too
    inflater = zlib.decompressobj(wbits=31)
    while piece := packed.read(1 << 20):
        inflater.decompress(piece)
if not inflater.eof:
    sys.exit("the file is cut off")
