"""What the edge allows. nginx in front (deploy/nginx.conf.template) says the same where both can say it."""

from __future__ import annotations

import os

# Up to this a body is read for anybody: sign-in forms, notifications of channels. Beyond it the door is asked first.
FREE_BODY_BYTES = 256 * 1024
# A body in memory up to this; the rest goes to an unnamed file.
IN_MEMORY_BYTES = 256 * 1024

# Silence that ends a request; and the slowest pace, after a first while: 2G on a train is faster.
SILENCE_SECONDS = float(os.environ.get("EDGE_SILENCE_SECONDS", "10"))
BODY_SECONDS = float(os.environ.get("EDGE_BODY_SECONDS", "30"))
SLOWEST_BYTES_PER_SECOND = 8 * 1024

# Bodies on their way, in one process: all, from one address, and large ones, all and of one account.
WAITING = 400
WAITING_OF_ADDRESS = 40
LARGE_WAITING = 24
LARGE_OF_ACCOUNT = 2

# After a refusal the rest is read and thrown away for a moment: a browser that is cut off while sending shows no page.
LINGER_SECONDS = 3.0
LINGER_BYTES = 8 * 1024 * 1024

# Answers up to this are sent in one piece; larger ones (static files) as they are read.
ONE_PIECE_BYTES = 256 * 1024
