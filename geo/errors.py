"""The errors of the whole system, one tree.

GisError
├── InputError (ValueError)         what was asked or given is wrong
├── NotFoundError (LookupError)     what was named does not exist
├── NoRouteError                    there is no way, and the reason is known
├── InfeasibleError                 a model has no solution
├── SourceError                     a file or a source of data cannot be used
└── StoreError                      the database refuses or is away

Every error carries a message for a person and, where there is one, the fix.  None knows of HTTP:
``services.http.problems`` alone maps them to status codes.
"""


class GisError(Exception):
    """Root of all errors raised on purpose.

    Parameters
    ----------
    message:
        What is wrong, naming the file, row, layer or parameter it is about.
    fix:
        What the reader can do about it, as an imperative sentence; None where nothing is known.
    """

    def __init__(self, message: str, *, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}" if self.fix else self.message


class InputError(GisError, ValueError):
    """A value given by the caller is outside what is accepted."""


class NotFoundError(GisError, LookupError):
    """Something named by the caller does not exist."""


class NoRouteError(GisError):
    """Origin and destination are not connected for this vehicle now."""


class InfeasibleError(GisError):
    """An optimisation model has no solution under its constraints."""


class SourceError(GisError):
    """A file or a remote source cannot be read, recognised or trusted."""


class StoreError(GisError):
    """The database is away, refuses, or is not in the state expected."""
