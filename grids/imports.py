"""Reading and writing the city folder's territory files."""


def export_divisions() -> dict[str, str]:
    return {}


def export_town() -> dict[str, str]:
    return {}


def export_duties() -> dict[str, str]:
    return {}
