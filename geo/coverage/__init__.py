"""Who is reached in time: covered and uncovered demand, percentiles, second arrivals, what a failure takes away.

Times are seconds of shape (facilities, demand points), ``inf`` where there is no way.  Covered means that the time is
at most the limit.  Demand in is covered plus uncovered plus excluded, always and exactly.
"""
