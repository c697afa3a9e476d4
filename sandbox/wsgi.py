"""WSGI object for granian. Starts the background thread that posts notifications and settles transfers."""

from sandbox.app import create_app

app = create_app()
app.extensions["sandbox"].start_background()
