"""Django's PostgreSQL backend without the second index of each unique text column (DATABASES["default"]["ENGINE"])."""
