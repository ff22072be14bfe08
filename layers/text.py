"""Texts that people read, in both languages of the declarations."""

from dataclasses import dataclass

from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Japanese and in English.  Further languages come from ``layers/locales/<language>.json``."""

    ja: str
    en: str

    def __post_init__(self) -> None:
        if not self.ja or not self.en:
            raise InputError(f"A text needs both languages: {self.ja!r} / {self.en!r}.")

    def in_language(self, language: str) -> str:
        """The Japanese text for any ``ja`` tag (BCP 47), else the English one."""
        return self.ja if language.lower().split("-")[0] == "ja" else self.en
