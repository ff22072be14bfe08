"""Accounts: a secret is shown once, kept as a hash, and lets in whoever has it."""

import logging

import pytest

from geo.errors import InputError, NotFoundError
from layers.model import Role
from services.database import accounts
from services.database.account_secrets import hashed, is_secret, new_secret
from services.database.connect import connect
from tests.conftest import DatabaseUnderTest


def test_an_account_is_known_by_its_secret_alone(database: DatabaseUnderTest, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), connect(database.urls.owner, autocommit=True) as connection:
        secret = accounts.add(connection, "yamada", "山田 花子", [Role.FIRE, Role.EDITOR])
        other = accounts.add(connection, "sato", "", [Role.DISASTER])
        ((kept,),) = connection.execute("SELECT secret_hash FROM ngis.account WHERE name = 'yamada'").fetchall()
        with connect(database.urls.internal, autocommit=True) as reader:  # the face's role is enough
            found = accounts.verify(reader, "yamada", secret)
            assert found is not None
            assert (found.name, found.display_name) == ("yamada", "山田 花子")
            assert found.roles == {Role.FIRE, Role.EDITOR}
            for name, wrong in (("yamada", other), ("sato", secret), ("yamada", ""), ("nobody", secret), ("a\0", "b")):
                assert accounts.verify(reader, name, wrong) is None
            assert accounts.verify(reader, "山田", "\udcff") is None
    assert secret != other
    assert secret not in kept
    assert secret not in caplog.text
    assert kept not in caplog.text
    assert kept.startswith("scrypt$16384$8$1$")


def test_disabling_and_a_new_secret(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        first = accounts.add(connection, "yamada", "山田", [Role.EDITOR])
        assert accounts.disable(connection, "yamada").disabled_at is not None
        assert accounts.verify(connection, "yamada", first) is None
        second = accounts.reset(connection, "yamada")
        assert accounts.verify(connection, "yamada", first) is None
        assert accounts.verify(connection, "yamada", second) is not None
        (only,) = accounts.accounts(connection)
        assert (only.disabled_at, only.renewed_at > only.created_at) == (None, True)
        for unknown in (lambda: accounts.disable(connection, "x"), lambda: accounts.reset(connection, "x")):
            with pytest.raises(NotFoundError):
                unknown()


@pytest.mark.parametrize("name", ["", "Yamada", "山田", "a b", "a.b", "a:b", "-a", "1a", "a" * 64])
def test_names_fit_into_a_header(database: DatabaseUnderTest, name: str) -> None:
    with connect(database.urls.owner, autocommit=True) as connection, pytest.raises(InputError):
        accounts.add(connection, name, "x", [Role.EDITOR])


def test_a_name_is_given_once_and_needs_a_role(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        accounts.add(connection, "yamada", "x", [Role.EDITOR])
        with pytest.raises(InputError, match="already"):
            accounts.add(connection, "yamada", "x", [Role.EDITOR])
        with pytest.raises(InputError, match="role"):
            accounts.add(connection, "sato", "x", [])


def test_a_role_that_is_no_more_is_none(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        accounts.add(connection, "yamada", "x", [Role.EDITOR])
        connection.execute("UPDATE ngis.account SET roles = '{editor,archivist}'")
        assert accounts.accounts(connection)[0].roles == {Role.EDITOR}


def test_hashes_are_salted_and_carry_their_parameters() -> None:
    secret = new_secret()
    one, other = hashed(secret), hashed(secret)
    assert one != other
    assert is_secret(secret, one)
    assert is_secret(secret, other)
    assert not is_secret(secret + " ", one)
    assert is_secret("x", "scrypt$2$8$1$AAAA$" + hashed_with("x", 2))


def hashed_with(secret: str, n: int) -> str:
    import base64
    import hashlib

    return base64.b64encode(hashlib.scrypt(secret.encode(), salt=b"\0\0\0", n=n, r=8, p=1)).decode()
