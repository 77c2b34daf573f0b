"""`kiosk explain`: what can be read at the terminal about the network, as one A4 page a language, to print or to put on a town's web site.

The words are those of the screens, from the same catalogues, so that paper and terminal say the same. HTML: any browser prints it.
"""

import html
from datetime import date
from pathlib import Path

from kiosk.names import names_on
from kiosk.readings import runs
from kiosk.session.topics import TOPICS
from kiosk.words import Words

# One sheet: the longest language leaves a few lines of it free.
_STYLE = """
@page { size: A4 portrait; margin: 18mm }
html { font: 11.5pt/1.65 "Noto Sans CJK JP", "Noto Sans", "Noto Sans Devanagari", sans-serif; color: #1a1a1a }
body { max-width: 174mm; margin: 0 auto }
h1 { font-size: 20pt; line-height: 1.3; margin: 0 0 6mm }
h2 { font-size: 14pt; margin: 6mm 0 1mm; padding-left: 3mm; border-left: 1.5mm solid #0017c1; break-after: avoid }
p { margin: 0 0 1mm }
section { break-inside: avoid }
.named { color: #4d4d4d }
footer { margin-top: 8mm; padding-top: 3mm; border-top: .3mm solid #8c8c8c }
"""


def write_explanations(out: Path, languages: tuple[str, ...], day: date) -> list[Path]:
    """`out/LANGUAGE.html` for each; things are called as on `day`. Raises OSError."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for language in languages:
        file = out / f"{language}.html"
        file.write_text(page(language, day), encoding="utf-8")
        written.append(file)
    return written


def page(language: str, day: date) -> str:
    """The whole explanation in one language."""
    words, names = Words(language), names_on(day)

    def text(key: str, **placeholders: object) -> str:
        return _ruby(words.text(key, **placeholders))

    dated = text("info.date", date=names.day)
    sections = []
    for topic in TOPICS:
        called = names.called(topic)
        named = f'<p class="named">{text("info.named")}: {text(called)}</p>' if called else ""
        sections.append(f"<section><h2>{text(f'info.{topic}.title')}</h2><p>{text(f'info.{topic}.text')}</p>{named}</section>")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(_plain(words.text("info.open")))}'
        f"</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{text('info.open')}</h1>\n"
        + "\n".join(sections)
        + f"\n<footer><p><strong>{text('attract.model')}</strong></p><p>{dated}</p></footer>\n</body>\n</html>\n"
    )


def _ruby(words: str) -> str:
    return "".join(
        f"<ruby>{html.escape(run.text)}<rt>{html.escape(run.reading)}</rt></ruby>" if run.reading else html.escape(run.text)
        for run in runs(words)
    ).replace("\n", "<br>")


def _plain(words: str) -> str:
    return "".join(run.text for run in runs(words))
