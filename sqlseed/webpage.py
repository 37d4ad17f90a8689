"""What the HTML files that sqlseed writes share: one file, escaped text, colours, a policy that fetches nothing."""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path

from sqlseed.report import safe


def text(value: object) -> str:
    """Text as HTML, for an attribute in double quotes as well; control characters are spelled out.

    >>> text('a "b" <c>')
    'a &quot;b&quot; &lt;c&gt;'
    """
    return html.escape(safe(str(value)))


def document(title: str, body: str, style: str, script: str = "") -> str:
    """The whole file, with the colours that all pages share before its own style.

    Its policy lets nothing be fetched, and nothing run or be styled but what is here, named by hash.
    """
    style = Path(__file__).with_suffix(".css").read_text("utf-8") + style
    runs = _hash(script) if script else "'none'"
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {runs};"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    run = f"<script>{script}</script>\n" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n{run}</body>\n</html>\n"
    )


def _hash(body: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() + "'"
