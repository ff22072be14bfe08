"""The log of what was released of personal data, as pages of the internal face."""
