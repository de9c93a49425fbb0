"""Screens of the ledger: operations, and the import of sheets. Access is declared by route name in accounts.access."""
