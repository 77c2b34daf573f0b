"""`kiosk render`: what a paper says in a file -> picture and printer bytes in files."""

from pathlib import Path

from hardware.printer.encode import encode_job
from hardware.printer.models import load_model
from hardware.printer.page import Page
from kiosk.document.answer import Paper, load_answer, load_disclosure, load_move_in, load_move_out, load_receipt, load_report, load_slip
from kiosk.document.certificate import Composer
from kiosk.document.render import sheets_png
from kiosk.words import Words


def render_paper(paper: Paper, answer: Path, language: str, own_form: Path | None, png: Path, job: Path | None, model_name: str) -> None:
    """A copy is rendered as often as it was issued. Raises AnswerError, SettingsError for an unknown model, FontMissing, FormError, NoGlyph
    for a name no font draws."""
    model = load_model(model_name)
    pages = _pages(paper, answer, Composer(model.dots, own_form=own_form), Words(language))
    png.write_bytes(sheets_png(pages))
    if job is not None:
        job.write_bytes(b"".join(band.data for band in encode_job(pages, model)))


def _pages(paper: Paper, answer: Path, composer: Composer, words: Words) -> list[Page]:
    match paper:
        case Paper.COPY:
            extract, issue = load_answer(answer)
            return [page for index in range(len(issue.copies)) for page in composer.copy(extract, issue, index)]
        case Paper.RECEIPT:
            return [composer.receipt(words, load_receipt(answer))]
        case Paper.SLIP:
            return [composer.slip(words, load_slip(answer))]
        case Paper.REPORT:
            return [composer.report(words, load_report(answer))]
        case Paper.DISCLOSURE:
            return [composer.disclosure(words, load_disclosure(answer))]
        case Paper.MOVE_OUT:
            return [composer.move_out(words, load_move_out(answer))]
        case Paper.MOVE_IN:
            return [composer.move_in(words, load_move_in(answer))]
