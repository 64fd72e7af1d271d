"""The verbs on a case: trace, tag, bounds, suspected thefts, watch, one stage again."""
