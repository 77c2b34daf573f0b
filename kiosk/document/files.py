"""`kiosk render`: an answer in a file -> picture and printer bytes in files."""

from pathlib import Path

from hardware.printer.encode import encode_job
from hardware.printer.models import load_model
from kiosk.document.answer import load_answer
from kiosk.document.certificate import Composer
from kiosk.document.render import preview_png


def render_answer(answer: Path, png: Path, job: Path | None, model_name: str) -> None:
    """All copies of the issue. Raises AnswerError, SettingsError for an unknown model, NoGlyph for a name no font draws."""
    extract, issue = load_answer(answer)
    model = load_model(model_name)
    composer = Composer(model.dots)
    pages = [page for index in range(len(issue.copies)) for page in composer.copy(extract, issue, index)]
    png.write_bytes(preview_png(pages, model.dots))
    if job is not None:
        job.write_bytes(b"".join(band.data for band in encode_job(pages, model)))
