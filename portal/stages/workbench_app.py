"""Which site of the admin this portal uses; apart, for it is read before there are models."""

from django.contrib.admin.apps import AdminConfig


class WorkbenchConfig(AdminConfig):
    default_site = "portal.stages.workbench.Workbench"
