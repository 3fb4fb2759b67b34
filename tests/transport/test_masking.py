"""No credential comes back out of what a system says, however it writes it."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.transport.masking import Masks, masked

KEY = "a b&<\"'/+%\\~é"
WAYS: list[Callable[[str], str]] = [
    str, quote, quote_plus, escape, repr, json.dumps, lambda value: quote(value, safe="").lower(),
    lambda value: value.encode().hex(), lambda value: base64.b64encode(value.encode()).decode(),
    lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_however_it_is_written(way: Callable[[str], str]) -> None:
    said = f"no: {way(KEY)}!"
    assert masked(said, [KEY]).strip("\"'=!").replace("='", "") in ("no: ***", 'no: "***', "no: '***")


def test_a_pair_is_found_in_base64() -> None:
    masks = Masks()
    masks.add("secret", "hub:secret")
    assert masks.masked("Basic " + base64.b64encode(b"hub:secret").decode()) == "Basic ***"
    assert masks.masked("hub:secret, secret") == "***, ***"
    assert "secret" not in repr(masks)


def test_what_is_too_short_to_be_told_from_a_word_stays() -> None:
    assert masked("the key is abc", ["abc", ""]) == "the key is abc"


def test_only_the_last_tokens_are_known() -> None:
    masks = Masks()
    for number in range(1000):
        masks.add(f"token-{number:04}")
    assert masks.masked("token-0999 token-0000") == "*** token-0000"


@given(st.text(), st.lists(st.text(min_size=4), max_size=3))
def test_no_secret_is_left(text: str, secrets: list[str]) -> None:
    said = masked(text.join(["", *secrets, ""]), secrets)
    assert not any(secret in said for secret in secrets if "*" not in secret)
