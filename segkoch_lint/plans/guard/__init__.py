"""Common JSON Schemas that stop what Kochava cannot use, and how one gets into a plan."""
