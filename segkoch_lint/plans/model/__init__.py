"""Files to plans: the formats, and a plan as rules with a JSON Schema each."""
