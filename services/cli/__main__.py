"""``python -m services.cli``: the same as ``ngis``."""

from services.cli import main

main()
