"""What ``exposure`` is made of: people and facilities in zones."""
