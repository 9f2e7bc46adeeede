"""People to findings: what a whole run says of one user, from the app and from servers."""
