"""The sample city: an invented city on the ground of Nishinomiya, in the forms in which real data is published.

It is the data of a first start, of tests and of demonstrations.  Everything in it is fictitious (架空データ) and says
so; it is loaded through the same readers and checks as real files.
"""

from services.ingest.sample.generation import DEFAULT_SEED, STAMP, VERSION, ensure, generate

__all__ = ["DEFAULT_SEED", "STAMP", "VERSION", "ensure", "generate"]
