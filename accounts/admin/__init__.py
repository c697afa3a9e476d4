from accounts.admin import data_requests, records, roles, users

__all__ = ["data_requests", "records", "roles", "users"]
