"""Worlds in which the truth is known, to see how well the kit decides.

A world is made in two parts: what a product manager would hand over (a case file with
ranges and, in some, a table of past cases) and the truth behind it, drawn from the very
law that the generator follows. Run as ``python -m tests.worlds``.

``laws`` draws inputs, ``money`` prices options (its own arithmetic, not the kit's),
``world`` is what is handed over and the truth behind it, ``prices`` what all worlds have,
``binary``, ``amounts`` and ``shares`` make them, with one entry for each kind of task in
``kinds``; ``signals`` are tables of data with a law that has a posterior in closed form,
``flaws`` has one entry for each flaw of real life, ``offered`` one for each study that may
be made and ``studies`` makes it; ``deploy`` puts options to work, ``play`` plays one world,
``report`` sums up.
"""
