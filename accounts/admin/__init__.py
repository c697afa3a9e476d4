from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin import data_requests, records, roles, users

# Roles are ours (accounts.roles); nobody is in a group.
admin.site.unregister(Group)

__all__ = ["data_requests", "records", "roles", "users"]
