"""SEE: variation in a measure."""
