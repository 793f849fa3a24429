"""Crash at every point: small lives of tickets, and the process's death at every single step of each.

A *step* is the moment before or after the effect of one call of an adapter, or before or after one commit of
the store. Each scenario (``scenarios_*.py``) is the life of one or two tickets on the real product between the
simulated systems. It is played once without any crash: how it ends then is the *golden* end. Then, for every
step n, it is played anew and the process dies at step n:

- what it had in memory is gone, and nothing more is written while it falls: a commit that was about to come is
  rolled back, one that was done stays, and a call that had reached the system has its effect;
- a second later the product starts again from the store alone, and the script goes on. People act at moments of
  their own: when all has come to rest, after so many seconds, or at the k-th call of a kind. What a crash would
  make them miss, they do when all is at rest;
- the end must be the golden one: both systems (``state.py``: fields, comments by author, text, audience and
  order, files by content) and the connector's report, without times and native ids. The judge must find nothing,
  no announced write may be open, the audit must verify, and nothing may be written or change any more in a quiet
  while in which every bond is swept.

A scenario names its second end, with the reason, where two are right (:class:`tests.crash.stage.Also`).

``python -m tests.crash.run`` (``make crash``) tries them all; ``--scenario NAME --point N`` plays one crash aloud,
and ``--point N,M`` two of them. The children of ``run`` are forks of a play at its n-th step, so that what came
before it is played once and not n times; ``play`` (``play.py``) replays from the start and must say the same.
"""
