"""Exact shortest paths on road graphs: a customizable contraction hierarchy and what is asked of it.

``graph`` holds a topology in compressed rows and the rules for weights; ``dissection`` cuts it into parts and orders
its nodes; ``hierarchy`` adds the shortcuts that any weights may need; ``metric`` fills them for one set of weights;
``query`` finds one path, ``sweeps`` many distances, ``search`` what lies within a limit, and ``around`` a path that
keeps off some arcs at once; ``turns`` makes of a road graph the graph of its allowed turns.  ``regions`` cuts what is
too large for one machine, and ``joint`` asks the regions together.

After Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies (ACM JEA 21, 2016).
"""
