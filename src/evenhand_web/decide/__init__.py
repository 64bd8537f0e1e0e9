"""DECIDE: statements, votes, schemes and signatures."""
