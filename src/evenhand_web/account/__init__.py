"""ACCOUNT: the ledger and its targets."""
