"""What writes files by way of Arrow.

Imported when the first of them is asked for: pyarrow costs half a second and 55 MB, which no worker has to pay before.
"""
