"""PostgreSQL URLs: what is read, and that no complaint about one holds a part of the password."""

from __future__ import annotations

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed.pgurl import parse_url

PRISMA_URL = (
    "postgresql://u:p@h:5432/db?schema=app&connection_limit=5&pool_timeout=3&pgbouncer=true"
    "&sslaccept=strict&socket_timeout=9&statement_cache_size=0&sslmode=require&application_name=seed%20er"
)


@pytest.mark.parametrize(
    ("url", "conninfo"),
    [
        ("postgresql://", {}),
        ("postgres:///db", {"dbname": "db"}),
        ("postgresql://localhost", {"host": "localhost"}),
        ("POSTGRESQL://u@h:/db", {"user": "u", "host": "h", "dbname": "db"}),
        ("postgresql://u:p@h:5432/db", {"user": "u", "password": "p", "host": "h", "port": "5432", "dbname": "db"}),
        ("postgresql://u:@h/db", {"user": "u", "host": "h", "dbname": "db"}),
        (
            "postgresql://us%40er:p%40ss%2Fw%3Ao%23r%3Fd%25%20%C3%A9@h/d%2Fb",
            {"user": "us@er", "password": "p@ss/w:o#r?d% é", "host": "h", "dbname": "d/b"},
        ),
        ("postgresql://u:a:b:é[x]@h/db", {"user": "u", "password": "a:b:é[x]", "host": "h", "dbname": "db"}),
        ("postgresql://[::1]:5433/db", {"host": "::1", "port": "5433", "dbname": "db"}),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/db", {"host": "/var/run/postgresql", "dbname": "db"}),
        ("postgresql:///db?host=/tmp&port=5433", {"host": "/tmp", "port": "5433", "dbname": "db"}),
        ("postgresql://a:1,b:2/db", {"host": "a,b", "port": "1,2", "dbname": "db"}),
        ("postgresql://a,b:2/db", {"host": "a,b", "port": ",2", "dbname": "db"}),
        ("postgresql://h/db?user=u&password=p%26q", {"host": "h", "dbname": "db", "user": "u", "password": "p&q"}),
    ],
)
def test_urls(url, conninfo):
    assert parse_url(url).conninfo == conninfo


def test_a_prisma_url_works_as_it_is():
    made = parse_url(PRISMA_URL)
    assert made.schema == "app"
    assert made.conninfo == {
        "user": "u", "password": "p", "host": "h", "port": "5432", "dbname": "db",
        "sslmode": "require", "application_name": "seed er",
    }  # fmt: skip
    assert made.notes == (
        (
            "parameters of the URL that are Prisma's, not used here: connection_limit, pgbouncer, pool_timeout, "
            "socket_timeout, sslaccept, statement_cache_size"
        ),
        "sslaccept=strict is Prisma's; sslmode: verify-full makes sqlseed check the server's certificate",
    )
    assert "password" not in repr(made)


def test_the_certificate_of_a_prisma_url_is_the_servers():
    made = parse_url(
        "postgresql://h/db?sslcert=ca.pem&sslidentity=client.p12&sslpassword=x&sslaccept=accept_invalid_certs"
    )
    assert made.conninfo == {"host": "h", "dbname": "db", "sslrootcert": "ca.pem"}
    assert parse_url("postgresql://h/db?sslcert=c.pem&sslkey=k.pem").conninfo["sslcert"] == "c.pem"


ENCODE = "the user name or the password has a character that must be percent-encoded: "


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://u:s3cr3t PW@h/db", ENCODE + "' ' is written %20"),
        ("postgresql://u:s3cr3t@PW@h/db", ENCODE + "'@' is written %40: only the one before the host stays as it is"),
        ("postgresql://u:s3cr3t/PW@h/db", ENCODE + "'/' is written %2F; an '@' in a parameter is written %40"),
        ("postgresql://u:s3cr3t?PW@h/db", ENCODE + "'?' is written %3F; an '@' in a parameter is written %40"),
        ("postgresql://u:s3cr3t#PW@h/db", ENCODE + "'#' is written %23; an '@' in a parameter is written %40"),
        ("postgresql://h/db#s3cr3t", ENCODE + "'#' is written %23"),
        ("postgresql://u:s3cr3t%PW@h/db", ENCODE + "'%' is written %25: it is not followed by two hexadecimal digits"),
        ("postgresql://u:s3cr3t\nPW@h/db", "the URL has a control character or a line break in it"),
        ("postgresql://u:s3cr3t", "what stands after '://' is not user:password@host:port; the port must be a number"),
        ("postgresql://u:s3cr3t@h:70000/db", "the port must be 1 to 65535"),
        ("postgresql://u:s3cr3t%FF@h/db", "the password is not UTF-8"),
        ("postgresql://u:s3cr3t\udcff@h/db", "the password is not UTF-8"),
        ("postgresql://u:s3cr3t%00@h/db", "the password has a NUL byte (%00) in it"),
        (
            "postgresql://u:s3cr3t@h/db/x",
            "there is more than one '/' after the host; a '/' in a database name is written %2F",
        ),
        ("postgresql://u:s3cr3t@h/db?sslmode", "a parameter after '?' has no '='"),
        ("postgresql://h/db?user=a&user=b", "parameter 'user' stands twice after '?'"),
        ("postgresql://h/db?password=a&s3cr3t=1", "unknown parameter after '?'; an '&' in a password is written %26"),
        (
            "postgresql://h/db?password=a&s3cr3t=1&s3cr3t=2",
            "unknown parameter after '?'; an '&' in a password is written %26",
        ),
        ("postgresql://h/db?sslmod=require", "unknown parameter 'sslmod' after '?'; did you mean 'sslmode'?"),
        ("mysql://u:s3cr3t@h/db", "'mysql://' is not PostgreSQL; the URL must begin with postgresql://"),
        ("prisma://x/?api_key=s3cr3t", "'prisma://' is Prisma's proxy; give the database's own postgresql:// URL"),
        ('"postgresql://u:s3cr3t@h/db"', "the URL stands in quotes; take them away"),
        ("jdbc:postgresql://h/db", "this is a JDBC URL; it must begin with postgresql://"),
        ("host=h password=s3cr3t", "the URL must begin with postgresql://; or use host:, port:, dbname:"),
    ],
)
def test_malformed_urls(url, message):
    with pytest.raises(ValueError, match=r"^\S") as error:
        parse_url(url)
    assert str(error.value).startswith(message)
    assert "s3cr3t" not in str(error.value)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
def test_any_encoded_password_comes_through(password):
    made = parse_url(f"postgresql://u:{quote(password, safe='')}@h:5432/db")
    assert made.conninfo["password"] == password


@given(st.text(string.printable, max_size=12), st.text(string.printable, max_size=12))
def test_no_complaint_holds_a_raw_password(before, after):
    password = f"{before}Zq7Zq7{after}"
    try:
        shown = f"host {parse_url(f'postgresql://u:{password}@h:5432/db?sslmode=require').conninfo['host']}"
    except ValueError as error:
        shown = str(error)
    assert "Zq7" not in shown
