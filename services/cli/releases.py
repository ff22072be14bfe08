"""What was released of personal data (公開記録): by number, with subject, period, purpose and who approved it."""

import json

import click

from services.cli._common import load_settings


@click.command()
@click.option("--subject", help="Only those of this subject.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(subject: str | None, as_json: bool) -> None:
    """List the log of releases."""
    from services.database.connect import open_pool, role_urls
    from services.ogc.analysis.releases import DatabaseReleases
    from services.ogc.processes._demand.answer import release_document

    with open_pool(role_urls(load_settings()).internal, 1, application_name="ngis releases") as pool:
        found = [release_document(each) for each in DatabaseReleases(pool).of_subject(subject)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        first, last = each["period"]
        click.echo(
            f"{each['number']:>4}  {each['released_at'][:10]}  {each['subject']}  {first} - {last}  "
            f"{each['mesh_size_m']} m  k={each['k']}  {each['purpose']} ({each['approved_by']})"
        )
