"""Parts of the process ``demand``."""
