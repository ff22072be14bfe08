"""Texts that people read, in both languages of the declarations."""

from dataclasses import dataclass

from geo.errors import InputError
from layers.translations import declared


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Japanese and in English.  Further languages come from ``layers/locales/<language>.json``."""

    ja: str
    en: str

    def __post_init__(self) -> None:
        if not self.ja or not self.en:
            raise InputError(f"A text needs both languages: {self.ja!r} / {self.en!r}.")

    def in_language(self, language: str) -> str:
        """The text in a language (BCP 47) of ``layers/locales``.

        Where it is not translated, the Japanese for any other ``ja`` tag, else the English.
        """
        if language == "ja":
            return self.ja
        if language == "en":
            return self.en
        if (found := declared(language).get(self.ja)) is not None:
            return found
        return self.ja if language.lower().split("-")[0] == "ja" else self.en
