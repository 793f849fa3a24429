"""Secrets in files: found by their form in any encoding and at any place, and nothing of them is repeated."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sync.disclosure import Found, looks_like, reason, secrets_in

# None of these was ever valid. They are put together here, so that no scanner of repositories stumbles over them.
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N"
ENTRA = "Ab1" + "8Q~" + "abcdefghijklmnopqrstuvwxyz0123456789"[:34]
KEY = "dGhpcyBpcyBub3QgYSBrZXkgYXQgYWxsISEhISEhISE="

SECRETS = [
    ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"),
    ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
    (f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={KEY}", "a connection string"),
    (f"Endpoint=sb://acme.example/;SharedAccessKeyName=root;SharedAccessKey={KEY}", "a connection string"),
    ("Server=tcp:sql.acme.example;Initial Catalog=wallboard;User ID=app;Password=Winter;", "a connection string"),
    (f'"clientSecret": "{ENTRA}"', "a client secret"),
    ('<add key="ClientSecret" value="k3yk4rd0llar" />', "a client secret"),
    ("client_secret=k3yk4rd0llar&grant_type=client_credentials", "a client secret"),
    ('"Ocp-Apim-Subscription-Key": "0123456789abcdef0123456789abcdef"', "an API key"),
    ('{"name":"x-api-key","value":"0a1b2c3d4e5f"}', "an API key"),
    ("AKIA" + "IOSFODNN7EXAMPLE", "an API key"),
    ("https://prod-1.westeurope.logic.azure.example/x?api-version=1&sig=" + "aB3" * 12, "a signed link"),
    (f'{{"name":"Authorization","value":"Bearer {JWT}"}}', "an access token"),
    ("git clone https://bot:hunter2@git.acme.example/flows", "an address with a password"),
    ("Kennwort: Sommer2026!", "a password"),
    ("<Password>Sommer2026!</Password>", "a password"),
]

INNOCENT = [
    "",
    "10:14:07 WARN no media for 30 s",
    "password: required",
    "Password=********",
    "password=${DB_PASSWORD_1}",
    "clientSecret: <your secret 1>",
    "client_secret = {{ secret_1 }}",
    "api_key: https://docs.acme.example/keys1",
    "pwd=/var/log/app1/today",
    "Password: [redacted 1]",
    "The user changed the password 3 times.",
    "https://acme.example/path?signature=none",
    "sip:agent@acme.example:5061",
    "Server=tcp:sql.acme.example;Integrated Security=true;",
    "-----BEGIN CERTIFICATE-----",
    "eyJ is how a token begins",
]


@pytest.mark.parametrize(("line", "what"), SECRETS)
def test_a_secret_is_known_by_its_form(line: str, what: str) -> None:
    assert looks_like(line) == what
    assert looks_like(f"x {line} y") == what


@pytest.mark.parametrize("line", INNOCENT)
def test_what_only_speaks_of_secrets_is_none(line: str) -> None:
    assert looks_like(line) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_is_told_and_not_what_it_says(encoding: str) -> None:
    text = "first\r\nsecond\r\nKennwort: Sommer2026!\r\nfourth\r\n"
    content = io.BytesIO(text.encode(encoding))
    found = secrets_in(content)
    assert found == (Found(3, "a password"),)
    assert content.tell() == 0
    assert "Sommer" not in reason(found)


def test_only_texts_are_looked_at() -> None:
    assert secrets_in(io.BytesIO(b"PK\x03\x04\0\0Kennwort: Sommer2026!")) == ()
    assert secrets_in(io.BytesIO(b"")) == ()


def test_the_first_of_many_are_told() -> None:
    assert len(secrets_in(io.BytesIO(b"Kennwort: Sommer2026!\n" * 5000))) == 10


@given(before=st.integers(0, 600_000), line=st.sampled_from(SECRETS), breaks=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_secret_is_found_wherever_it_stands(before: int, line: tuple[str, str], *, breaks: bool) -> None:
    """Also where pieces of a long line meet."""
    filler = (("lorem ipsum\n" if breaks else "lorem ipsum ") * (before // 12 + 1))[:before]
    content = io.BytesIO(f"{filler} {line[0]} dolor".encode())
    (found,) = secrets_in(content)
    assert (found.what, found.line) == (line[1], filler.count("\n") + 1)


def test_a_long_file_takes_the_memory_of_a_piece() -> None:
    content = io.BytesIO(b'{"a": "lorem ipsum dolor", "b": 12345}, ' * 250_000)  # 10 MB in one line
    tracemalloc.start()
    try:
        assert secrets_in(content) == ()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
