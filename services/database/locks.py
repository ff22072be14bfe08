"""The numbers of the advisory locks of a database, in one place: two that were equal would wait for one another."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """What only one may do at a time.  Locks of layers have two numbers, and never meet these."""

    MIGRATION = 28204_0001
    TILE_RENDERER = 28204_0002
    JOB_SUBMISSION = 28204_0003
    """The length of the queue is counted and added to."""
    TRACKING_WATCH = 28204_0004
    SUBSCRIBER = 28204_0005
    RELEASES = 28204_0006
    """What is released of personal data is tested against all that was, and then written down."""
