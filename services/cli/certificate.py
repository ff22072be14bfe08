"""Certificate (証明書): make one for this server, with a small authority that devices are told to trust."""

import click

from services.cli._common import load_settings

_TRUST = """
Tell each device to trust the authority (not the server's certificate), and compare the fingerprint:

  iPhone, iPad   send the file to it; Settings > General > VPN & Device Management > install;
                 then Settings > General > About > Certificate Trust Settings > switch it on
  Android        Settings > Security > Encryption & credentials > Install a certificate > CA certificate
  Windows        double-click > Install Certificate > Local Machine > Trusted Root Certification Authorities
  macOS          Keychain Access > System > drag it in > open it > Trust > Always Trust
  Debian, Ubuntu copy it to /usr/local/share/ca-certificates/ and run update-ca-certificates
  Firefox        Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import

A warning that is clicked away is not enough: the browser then still refuses the offline copy.
"""


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME-OR-ADDRESS]...")
@click.option("--new-authority", is_flag=True, help="Make another authority; devices have to trust it anew.")
def command(names: tuple[str, ...], new_authority: bool) -> None:
    """Make a certificate for the names and addresses under which phones reach this server.

    The first time an authority is made, which may sign for these names only.  Then: ngis serve --tls.  Where the city
    has certificates of its own, give them to ngis serve instead.
    """
    from services.certificates import SERVER_DAYS, make

    made = make(load_settings(calibration=False).var, list(names), new_authority=new_authority)
    click.echo(f"authority    {made.authority}")
    click.echo(f"             SHA-256 {made.fingerprint}")
    click.echo(f"certificate  {made.certificate}, for {', '.join(made.names)}, {SERVER_DAYS} days")
    click.echo(f"key          {made.key}")
    click.echo(_TRUST)
    click.echo("Serve with it: ngis serve --tls")
