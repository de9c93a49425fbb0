"""What runs shut in: started by ledger.gateways.sandbox through start.py, never imported by the site itself."""
