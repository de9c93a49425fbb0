"""What is shown of personal data when it is not revealed."""

from collections.abc import Callable


def _name(text: str) -> str:
    return text[:1] + "*" * min(max(len(text) - 1, 1), 2)


def _phone(text: str) -> str:
    if len(text) < 8:
        return "****"
    return f"{text[:3]}****{text[-4:]}"


def _id_number(text: str) -> str:
    if len(text) < 15:
        return "****"
    return text[:4] + "*" * (len(text) - 8) + text[-4:]


def _address(text: str) -> str:
    """The town and nothing of the door: the first third, at most six characters."""
    return f"{text[: min(6, len(text) // 3)]}***"


def _email(text: str) -> str:
    local, at, domain = text.partition("@")
    return f"{local[:1]}***{at}{domain}"


_MASKS: dict[str, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "id_number": _id_number,
    "email": _email,
    "address": _address,
}


def mask_cell(text: str) -> str:
    """The mask of a cell that names a person, whatever it holds: told apart by its length."""
    kind = "id_number" if len(text) >= 15 else "phone" if len(text) >= 8 else "name"
    return mask_text(kind, text)


def mask_text(kind: str, text: str) -> str:
    """The mask of a clear value: 张*, 138****5678, 3709**********1234; an unknown kind shows nothing but stars."""
    if not text:
        return ""
    mask = _MASKS.get(kind)
    return mask(text) if mask else "***"
