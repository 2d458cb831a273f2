"""What people write comes out as safe HTML, in time that grows with its length and not faster."""

import random
import re
import time
from html.parser import HTMLParser

import pytest

from community.core.markdown import ATTRIBUTES, LINK_SCHEMES, TAGS, render_markdown

HOSTILE_INPUTS = 1_000
HOSTILE_CHARS = 1_000
SHORT_CHARS = 1_250
LONG_CHARS = 10_000  # the longest text there may be
FRAGMENTS = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe srcdoc=x>"),
    *("<a href=javascript:alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:a)"),
    *("[x](java\nscript:alert(1))", "[x](vbscript:x)", "[x](data:text/html,<script>)", "<javascript:alert(1)>"),
    *('[x](https://e.com "onmouseover=alert(1)")', '[x](https://e.com"onclick=alert(1))', "![x](javascript:a)"),
    *("[a]: javascript:alert(1)\n[a]", "<style>*{}</style>", "<!--", "-->", "<![CDATA[", "<?php", "]]>"),
    *("\x00", "\u202e"),
    *("[", "]", "(", ")", "![", "[](", "](", "[[]", "*", "**", "_", "__", "~~", "`", "``", "```", "~~~\n", "> ", "- "),
    *("1. ", "+ ", "\t", "    ", "  \n", "\n", "\n\n", "=\n", "-\n", "# ", "|", "&", "&#", "&lt;", "&#x3c;", "\\"),
    *("<", ">"),
    *("a", "ab ", "http://", "https://e.com", "mailto:a@b.c", "*a_ ", "_*a", "**a ", "a**b", "[*a](_b", "<a", "</a>"),
)


class _Audit(HTMLParser):
    """Collects every tag and attribute that a browser would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()) | {"rel"}:
                self.faults.append(f"{tag}[{name}]")
            if name == "href":
                scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
                if scheme and scheme[1].lower() not in LINK_SCHEMES:
                    self.faults.append(f"href={value}")


def _list_faults(html: str) -> list[str]:
    audit = _Audit()
    audit.feed(html)
    audit.close()
    return audit.faults


def _make_hostile(chance: random.Random) -> str:
    """Few fragments repeated often: the shape that makes parsers quadratic."""
    pieces = chance.choices(FRAGMENTS, k=chance.randint(1, 4))
    text = ""
    while len(text) < HOSTILE_CHARS:
        text += "".join(pieces) if chance.random() < 0.9 else chance.choice(FRAGMENTS)
    return text[:HOSTILE_CHARS]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("**bold** *soft* ~~gone~~ `x`", "<p><strong>bold</strong> <em>soft</em> <s>gone</s> <code>x</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("> said\n\n- a\n- b", "<blockquote>\n<p>said</p>\n</blockquote>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("```py\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>"),
        ("# no heading", "<p># no heading</p>"),
        (
            "[site](https://e.com)",
            '<p><a href="https://e.com" rel="nofollow ugc noopener noreferrer">site</a></p>',
        ),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            "![pixel](https://e.com/p.png)",
            '<p>!<a href="https://e.com/p.png" rel="nofollow ugc noopener noreferrer">pixel</a></p>',
        ),
        ("[a]: https://e.com\n\n[a]", "<p>[a]: https://e.com</p>\n<p>[a]</p>"),
    ],
)
def test_markdown_becomes_exactly_this(text: str, html: str) -> None:
    assert render_markdown(text) == html


def test_a_thousand_hostile_inputs_come_out_inert() -> None:
    chance = random.Random(20_260_101)

    for _ in range(HOSTILE_INPUTS):
        text = _make_hostile(chance)
        assert _list_faults(render_markdown(text)) == [], text[:200]


def test_the_audit_sees_what_it_should() -> None:
    assert _list_faults('<p onclick="x"><script>1</script><a href="JAVASCRIPT:x">y</a></p>') == [
        "p[onclick]",
        "<script>",
        "href=JAVASCRIPT:x",
    ]


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_time_grows_with_the_length_only(fragment: str) -> None:
    short = (fragment * SHORT_CHARS)[:SHORT_CHARS]
    long = (fragment * LONG_CHARS)[:LONG_CHARS]
    render_markdown(short)

    cost_short = min(_measure_cpu_s(short) for _ in range(3))
    cost_long = min(_measure_cpu_s(long) for _ in range(2))

    # Eight times the text: linear is 8, quadratic 64. The floor keeps the clock's grain out of it.
    assert cost_long < 24 * max(cost_short, 0.001), (fragment, cost_short, cost_long)


def _measure_cpu_s(text: str) -> float:
    start = time.process_time()
    render_markdown(text)
    return time.process_time() - start
