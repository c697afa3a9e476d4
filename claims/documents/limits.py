"""How much of a file is accepted. One place, so that pages, the edge and the tests say the same."""

from __future__ import annotations

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES_PER_CLAIM = 20
# A telephone's best camera mode makes 50 megapixels; a picture that claims more wants memory, not a reader.
MAX_PIXELS = 64_000_000
# A JPEG is decoded at a fraction of its size; everything else, and every picture inside a PDF, whole.
MAX_PIXELS_DECODED_WHOLE = 32_000_000
MAX_PDF_PAGES = 30
# All streams of a PDF unpacked, layer by layer; a real invoice unpacks to a few megabytes.
MAX_PDF_UNPACKED_BYTES = 100 * 1024 * 1024
# The longest side of what the reviewer sees: small print on an invoice stays readable.
VIEW_SIDE_PIXELS = 2400
# One form as a whole, with room for its own fields; twenty photos of a telephone are less.
MAX_REQUEST_BYTES = 60 * 1024 * 1024 + 1024 * 1024

# A page of a PDF is a paper: nothing longer than a roll of two metres (in points, 1/72 inch).
MAX_PDF_PAGE_POINTS = 5670

WORKER_SECONDS = 60
WORKER_CPU_SECONDS = 15
WORKER_MEMORY_BYTES = 640 * 1024 * 1024
WORKER_OUTPUT_BYTES = 64 * 1024 * 1024
