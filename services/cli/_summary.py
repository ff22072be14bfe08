"""A load report as a person reads it in a terminal."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layers.catalogue import catalogue
from services.ingest.model import Action, Finding
from services.ingest.report import LoadReport, RuleCount
from services.ingest.rules import RULES

if TYPE_CHECKING:
    from services.ingest.batch import FileOutcome

_STATUS = {
    "loaded": "[green]loaded 取込済[/]",
    "unchanged": "[cyan]unchanged 変更なし[/]",
    "failed": "[red]failed 失敗[/]",
    "dry-run": "[yellow]dry run, nothing written 試行[/]",
}
_ACTION = {
    Action.REJECTED: "[red]rejected 不採用[/]",
    Action.MENDED: "[yellow]mended 修正[/]",
    Action.NOTED: "[cyan]noted 注記[/]",
}
_ORDER = list(_ACTION)
_SHOWN_EXAMPLES = 2
_SHOWN_TEXT = 60


def print_outcome(console: Console, outcome: "FileOutcome") -> None:
    """What became of one file."""
    if outcome.left_out is not None:
        console.print(f"[dim]– {escape(outcome.path.name)}: left out 対象外 ({escape(outcome.left_out)})[/]")
    for report in outcome.reports:
        print_report(console, report)
    if outcome.error is not None:
        console.print(f"[red]✗ {escape(outcome.path.name)}: {escape(outcome.error.message)}[/]")
        if outcome.error.fix:
            console.print(f"    Fix: {escape(outcome.error.fix)}")


def print_report(console: Console, report: LoadReport) -> None:
    """Head, figures, and the findings by rule with examples."""
    number = f"  load {report.load_id}" if report.load_id is not None else ""
    console.print(f"[bold]{escape(report.file_name)}[/] {_STATUS[report.status]}{number}")
    if report.description or report.layer_id:
        console.print(f"    taken for 判定: {escape(report.description or _layer(report.layer_id))}")
    if report.message:
        console.print(f"    [red]{escape(report.message)}[/]")
    if report.status == "unchanged":
        return
    console.print(
        f"    read 読込 {report.rows_read:,}  loaded 取込 {report.rows_loaded:,}  mended 修正 {report.rows_mended:,}  "
        f"rejected 不採用 {report.rows_rejected:,}  other 対象外 {report.rows_other:,}  "
        f"replaced 置換 {report.rows_replaced:,}"
    )
    if report.positions:
        places = "  ".join(f"{quality} {count:,}" for quality, count in sorted(report.positions.items()))
        outside = f"  (outside the city 市外 {report.rows_outside_city:,})" if report.rows_outside_city else ""
        console.print(f"    positions 位置: {places}{outside}")
    if report.ignored:
        console.print(f"    tables of no known format 対象外の表: {escape(', '.join(report.ignored))}")
    if report.rules:
        console.print(_findings(report))


def print_recent(console: Console, reports: list[LoadReport]) -> None:
    """The last loads, one line each."""
    table = Table(box=None, pad_edge=False)
    for heading in ("load", "finished (UTC)", "file", "layer", "status", "read", "loaded", "mended", "rejected", "by"):
        table.add_column(
            heading, justify="right" if heading in {"load", "read", "loaded", "mended", "rejected"} else "left"
        )
    for report in reports:
        table.add_row(
            str(report.load_id),
            f"{report.finished_at:%Y-%m-%d %H:%M}" if report.finished_at else "",
            escape(report.file_name),
            report.layer_id or "",
            _STATUS[report.status],
            *(
                f"{count:,}"
                for count in (report.rows_read, report.rows_loaded, report.rows_mended, report.rows_rejected)
            ),
            escape(report.loaded_by or ""),
        )
    console.print(table)


def _findings(report: LoadReport) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 4), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    groups = sorted(report.rules.values(), key=lambda group: (_ORDER.index(group.action), -group.count))
    for group in groups:
        table.add_row(_ACTION[group.action], f"{group.count:,}", "\n".join(_lines(group)))
    return table


def _lines(group: RuleCount) -> list[str]:
    rule = RULES.get(group.rule)
    head = f"{rule.text.ja} / {rule.text.en}" if rule is not None else ""
    lines = [f"[bold]{group.rule}[/] {escape(head)}"]
    lines += [f"[dim]{escape(example(finding))}[/]" for finding in group.examples[:_SHOWN_EXAMPLES]]
    if group.count > _SHOWN_EXAMPLES and lines[1:]:
        lines[-1] += f" [dim]… {group.count - _SHOWN_EXAMPLES:,} more[/]"
    return [line for line in lines if line != "[dim][/]"]


def example(finding: Finding) -> str:
    """One finding in one line: row, column, old and new value."""
    parts = [f"row {finding.row}" if finding.row is not None else "", finding.column or ""]
    if finding.old is not None or finding.new is not None:
        new = f" → {_short(finding.new)}" if finding.new is not None else ""
        parts.append(f"{_short(finding.old)}{new}" if finding.old is not None else _short(finding.new))
    parts.append(f"({finding.detail})" if finding.detail else "")
    return " ".join(part for part in parts if part)


def _short(text: str | None) -> str:
    flat = " ".join((text or "").split())
    return f"“{flat[:_SHOWN_TEXT]}…”" if len(flat) > _SHOWN_TEXT else f"“{flat}”"


def _layer(layer_id: str | None) -> str:
    layer = catalogue().get(layer_id or "")
    return f"{layer.title.ja} ({layer.id})" if layer is not None else layer_id or ""
