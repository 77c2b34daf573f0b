"""The readiness report: what `kiosk check` found, on the terminal's own paper, for the staff who start the day."""

from dataclasses import dataclass

from hardware.printer.page import Page
from kiosk.document.paper import Sheet
from kiosk.staff.findings import Finding, Severity

MARKS = {Severity.GOOD: "○", Severity.WARNING: "△", Severity.BAD: "×"}


@dataclass(frozen=True)
class ReadinessReport:
    town_name: str
    kiosk: str
    date: str
    time: str
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> Severity:
        """The worst of all."""
        return max((finding.severity for finding in self.findings), key=list(Severity).index, default=Severity.GOOD)


def lay_report(sheet: Sheet, report: ReadinessReport) -> Page:
    words = sheet.words
    sheet.head(report.town_name, "report.title")
    sheet.rows((("report.kiosk", report.kiosk), ("report.date", sheet.moment(report.date, report.time))))
    sheet.part()
    for finding in report.findings:
        sheet.marked(MARKS[finding.severity], words.text(finding.key, **finding.details))
        if finding.acts is not None:
            sheet.marked(" ", words.text(f"check.acts.{finding.acts}"))
    return sheet.foot(f"report.all.{report.severity}")
