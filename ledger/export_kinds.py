"""Files that are written for somebody on request. Re-exported by `ledger.kinds`."""

from dataclasses import dataclass

from ledger.actors import Actor


@dataclass(frozen=True, slots=True)
class Written:
    """A file.

    Arguments:
        name: as it is saved, without a path.
        media: media type.
        rows: how much it holds, for the page and the audit.
    """

    name: str
    media: str
    body: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of export; see `register_export`."""

    key: str
    write: str
    rights: tuple[str, ...]
    name_zh: str
    name_en: str
    url: str

    def open_to(self, actor: Actor) -> bool:
        """Whether he may ask for such a file and fetch it."""
        return any(actor.may(right) for right in self.rights)


exports: dict[str, ExportKind] = {}


def register_export(key: str, *, write: str, rights: tuple[str, ...], name_zh: str, name_en: str, url: str) -> None:
    """A kind of file that is written by a worker and fetched by who asked for it.

    Arguments:
        key: "<app>.<export>".
        write: dotted name of `(params: dict[str, str], *, territory: str) -> Written`; it reads only, says how far it
            is by `ledger.progress.tick`, and raises ValidationError with a sentence for who asked.
        rights: one of them is needed to ask and to fetch.
        url: path of the page where it is asked for.
    """
    exports[key] = ExportKind(key, write, rights, name_zh, name_en, url)
