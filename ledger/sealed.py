"""Personal data at rest: AES-256-GCM, bound to its row, shown as a mask.

    Person(id=uuid7(), phone=plain("13800000000"), phone_index=blind_index("phone", "13800000000"))
    str(person.phone)        # "138****0000"; also what a template prints
    bool(person.phone)       # False when nothing is stored; `.empty` says the same
    person.phone = plain("") # erases

The clear text comes out through `ledger.actions.reveal` only, which writes who looked and why. A row read with
`values()` has no instance to bind to: `row["phone"].at(row["id"])` binds it. `bulk_create` and `save` seal; `update()`
and `bulk_update` refuse a plain value and take `seal(Model, "phone", pk, "…")`.

Stored bytes: 1 length byte, key id, 12 bytes nonce, ciphertext with 16 bytes tag; authenticated together with
table|column|pk, so a value copied to another row, column or table does not open.
"""

import hmac
import logging
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from ledger.masks import mask_text

log = logging.getLogger(__name__)
NONCE_BYTES = 12
UNREADABLE = "***"


class SealBroken(Exception):
    """The bytes were altered, moved from another row, or sealed with a key this server does not have."""


class Sealed:
    """A personal value. Immutable; prints as its mask; the clear text stays inside."""

    __slots__ = ("_bytes", "_column", "_mask", "_pk", "_text")

    def __init__(self, text: str | None, data: bytes = b"", column: str = "", pk: str = "", mask: str = "") -> None:
        self._text, self._bytes, self._column, self._pk, self._mask = text, data, column, pk, mask

    @property
    def empty(self) -> bool:
        return not (self._text or self._bytes)

    def __bool__(self) -> bool:
        return not self.empty

    def __str__(self) -> str:
        if self.empty:
            return ""
        try:
            return mask_text(self._mask, self._open())
        except SealBroken:
            log.error("a sealed value of %s %s does not open", self._column, self._pk)
            return UNREADABLE

    def __repr__(self) -> str:
        return "<Sealed>"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> str:
        raise TypeError("a sealed value is neither pickled nor cached")

    def at(self, pk: object) -> "Sealed":
        """The same value bound to the row it was read from."""
        return Sealed(self._text, self._bytes, self._column, str(pk), self._mask)

    def _open(self) -> str:
        """Clear text. Called by `ledger.actions.reveal` and for the mask only (tests/architecture holds this).

        Raises:
            SealBroken: altered, moved, unknown key, or not bound to a row.
        """
        if self._text is not None:
            return self._text
        if not self._bytes:
            return ""
        return _open(self._bytes, self._column, self._pk)


def plain(text: str) -> Sealed:
    """A clear value on its way into a row. Sealed and forgotten when the row is saved."""
    return Sealed(text.strip())


def seal(model: type[models.Model], column: str, pk: object, text: str) -> Sealed:
    """A value sealed for a known row, for `update()` and `bulk_update`.

    Arguments:
        column: name of the SealedField.
        pk: primary key of the row it will be written to.
    """
    field = model._meta.get_field(column)
    if not isinstance(field, SealedField):
        raise TypeError(f"{model.__name__}.{column} is not sealed")
    return field.seal(Sealed(text), pk)


def blind_index(field: str, text: str) -> bytes | None:
    """32 bytes by which equal values find each other without being readable; None for an empty value.

    HMAC-SHA256 under a key that is not in the database: an unkeyed hash of an identity number is enumerated in minutes.

    Arguments:
        field: "phone", "id_number" or another name; values of two fields never match.
    """
    normal = _normalise(field, text)
    if not normal:
        return None
    return hmac.digest(settings.KEYS.index, f"{field}\0{normal}".encode(), "sha256")


def _normalise(field: str, text: str) -> str:
    text = re.sub(r"[\s\-]", "", text).upper()
    if field == "phone":
        return re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", text)
    return text


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _seal(text: str, column: str, pk: str) -> bytes:
    keys = settings.KEYS
    nonce = os.urandom(NONCE_BYTES)
    body = _cipher(keys.sealing[keys.current]).encrypt(nonce, text.encode(), f"{column}|{pk}".encode())
    return key_prefix(keys.current) + nonce + body


def _open(data: bytes, column: str, pk: str) -> str:
    start = 1 + data[0]
    key = settings.KEYS.sealing.get(data[1:start].decode("ascii", "replace"))
    if key is None or not pk:
        raise SealBroken("unknown key" if pk else "not bound to a row")
    nonce, body = data[start : start + NONCE_BYTES], data[start + NONCE_BYTES :]
    try:
        return _cipher(key).decrypt(nonce, body, f"{column}|{pk}".encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("altered or moved") from error


def seal_bytes(data: bytes, name: str) -> bytes:
    """A file sealed under its name, so that one cannot be laid in place of another."""
    keys = settings.KEYS
    nonce = os.urandom(NONCE_BYTES)
    body = _cipher(keys.sealing[keys.current]).encrypt(nonce, data, f"file|{name}".encode())
    return key_prefix(keys.current) + nonce + body


def open_bytes(data: bytes, name: str) -> bytes:
    """Content of a sealed file.

    Raises:
        SealBroken: altered, laid in place of another, or unknown key.
    """
    start = 1 + data[0] if data else 0
    key = settings.KEYS.sealing.get(data[1:start].decode("ascii", "replace"))
    if key is None:
        raise SealBroken("unknown key")
    try:
        return _cipher(key).decrypt(
            data[start : start + NONCE_BYTES], data[start + NONCE_BYTES :], f"file|{name}".encode()
        )
    except (InvalidTag, ValueError) as error:
        raise SealBroken("altered or moved") from error


def reseal(data: bytes, column: str, pk: object) -> bytes:
    """The same value under the current key, for key rotation.

    Arguments:
        column: "<table>|<column>".

    Raises:
        SealBroken: the old bytes do not open; the row is left for a person.
    """
    return _seal(_open(data, column, str(pk)), column, str(pk))


def key_prefix(key_id: str) -> bytes:
    """First bytes of everything sealed with this key."""
    return bytes([len(key_id)]) + key_id.encode("ascii")


class SealedAttribute(DeferredAttribute):
    """Binds what was read to the row it was read from."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Sealed) or value._text is not None or value._pk:
            return value
        bound = value.at(instance.pk)
        instance.__dict__[self.field.attname] = bound
        return bound

    def __set__(self, instance: Any, value: Any) -> None:
        # a data descriptor, so that reading always passes __get__
        instance.__dict__[self.field.attname] = value


if TYPE_CHECKING:
    _Field = models.Field[Sealed, Sealed]
else:  # Django itself does not make Field subscriptable
    _Field = models.Field


class SealedField(_Field):
    """A sealed text column; NOT NULL, empty when there is nothing.

    Arguments:
        mask: "name", "phone", "id_number" or another name known to ledger.masks.
    """

    descriptor_class = SealedAttribute
    empty_strings_allowed = False

    def __init__(self, *args: Any, mask: str = "", **kwargs: Any) -> None:
        self.mask = mask
        kwargs["editable"] = False
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, {**kwargs, "mask": self.mask}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_default(self) -> Sealed:
        return Sealed("", mask=self.mask)

    @property
    def bound_column(self) -> str:
        return f"{self.model._meta.db_table}|{self.column}"

    def seal(self, value: Sealed, pk: object) -> Sealed:
        if value._text is None:
            return value
        data = _seal(value._text, self.bound_column, str(pk)) if value._text else b""
        return Sealed(None, data, self.bound_column, str(pk), self.mask)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        value = getattr(model_instance, self.attname)
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.bound_column}: assign plain(…), not {type(value).__name__}")
        if value and model_instance.pk is None:
            raise ValueError(f"{self.bound_column}: the row needs its primary key before anything is sealed for it")
        sealed = self.seal(value, model_instance.pk)
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return connection.Database.Binary(b"")
        if not isinstance(value, Sealed) or value._text:
            raise TypeError("only sealed values reach the database: seal(Model, column, pk, text)")
        return connection.Database.Binary(value._bytes)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed:
        return Sealed(None, bytes(value or b""), self.bound_column, "", self.mask)

    def get_lookup(self, lookup_name: str) -> Any:
        raise TypeError("a sealed column cannot be searched; use its blind index")
