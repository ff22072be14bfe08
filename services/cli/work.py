"""Work (ジョブ): run the jobs of the public face (庁外), the internal face (庁内), or both, until Ctrl-C."""

import click

from services.cli._common import load_settings


@click.command()
@click.option("--public", "public_only", is_flag=True, help="Only jobs of the public face (庁外).")
@click.option("--internal", "internal_only", is_flag=True, help="Only jobs of the internal face (庁内).")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Worker processes of each face.  [default: NGIS_JOB_WORKERS]"
)
def command(public_only: bool, internal_only: bool, workers: int | None) -> None:
    """Run jobs and answer no requests.

    `ngis serve` runs jobs too; this is for more of it, or on another machine, with NGIS_JOB_WORKERS=0 for the server.
    """
    if public_only and internal_only:
        raise click.UsageError("Give only one of --public and --internal.")
    from services.http.background import JOBS, run_alone
    from services.ogc.face import Face

    settings = load_settings()
    faces = [face for face, left_out in ((Face.PUBLIC, internal_only), (Face.INTERNAL, public_only)) if not left_out]
    click.echo("Running jobs.  Ctrl-C stops it.")
    count = workers or max(1, settings.job_workers)
    run_alone(settings.model_copy(update={"job_workers": count}), faces, (JOBS,))
