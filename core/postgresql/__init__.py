"""Django's PostgreSQL backend without the second index of each unique text column, and with a kept connection looked at
without a question (DATABASES["default"]["ENGINE"])."""
