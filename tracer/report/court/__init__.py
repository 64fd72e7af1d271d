"""The report: one template, one catalogue of text, and figures that cite the rows they are computed from."""

from tracer.report.court.first_hours import first_hours
from tracer.report.court.report import court_report

__all__ = ["court_report", "first_hours"]
