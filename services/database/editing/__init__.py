"""Edits by hand (庁内編集): single features changed in core by the staff, with a history that can be undone."""
