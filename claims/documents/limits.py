"""How much of a file is accepted. One place, so that pages, the edge and the tests say the same."""

from __future__ import annotations

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES_PER_CLAIM = 20
# A telephone's best camera mode makes 50 megapixels; a picture that claims more wants memory, not a reader.
MAX_PIXELS = 64_000_000
MAX_PDF_PAGES = 30
# All streams of a PDF unpacked; a real invoice unpacks to a few megabytes.
MAX_PDF_UNPACKED_BYTES = 150 * 1024 * 1024
# The longest side of what the reviewer sees: small print on an invoice stays readable.
VIEW_SIDE_PIXELS = 2400
# One form as a whole, with room for its own fields; twenty photos of a telephone are less.
MAX_REQUEST_BYTES = 60 * 1024 * 1024 + 1024 * 1024

WORKER_SECONDS = 30
WORKER_CPU_SECONDS = 20
WORKER_MEMORY_BYTES = 1536 * 1024 * 1024
WORKER_OUTPUT_BYTES = 64 * 1024 * 1024
