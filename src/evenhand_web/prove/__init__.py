"""PROVE: registered designs and verdicts."""
