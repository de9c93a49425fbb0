"""Pages of the services: residents' (public, applying, mine, licences) and officials' (desk)."""
