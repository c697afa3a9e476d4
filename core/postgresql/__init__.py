"""Django's PostgreSQL backend without the second index of each unique text column, with a kept connection looked at
without a question, and with statements that the server plans once (DATABASES["default"]["ENGINE"])."""
