"""Records of users, ids and event names of a whole run to findings."""
