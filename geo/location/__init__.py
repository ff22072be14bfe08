"""Where facilities should be: location models on a matrix of travel times, solved exactly or with a bound.

``problem`` is what is asked and under which rules, ``siting`` what is answered.  The models: ``covering`` (LSCP, MCLP),
``backup`` (BACOP1, BACOP2), ``standards`` (DSM), ``busy`` (MEXCLP), ``median`` (p-median), ``center`` (p-center), and
``capacitated`` (LSCP, MCLP and p-median where sites serve so many and no more).  ``exchange`` is the heuristic for
sizes where exact takes too long.  Beneath: ``program`` hands a sparse model to HiGHS, ``covers`` makes it small
without changing its optimum, ``rules`` are the rows that every model has.

"Covered" is ``travel_time_s <= max_travel_time_s``, inclusive.
"""
