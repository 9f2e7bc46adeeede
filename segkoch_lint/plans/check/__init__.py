"""From what a plan accepts to findings, each at the place where the guard belongs."""
