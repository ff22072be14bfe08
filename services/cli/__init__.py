"""The ``ngis`` command."""
