"""Mending labelmate itself: from a bug's trace to a patch that a model wrote and that its tests have met.

In the order of a patch's life: checkout (what may be changed), diff (what the model says), vetting (what may come
in), engineer (who is asked), trial (its tests, in a copy), and checkout again (put in place, or taken back).
Texts of logs, files and models are data here; none of them is ever an instruction.
"""
