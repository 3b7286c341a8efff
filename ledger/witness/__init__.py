"""A small witness that a member organisation can run (c2sp.org/tlog-witness).

Standard library, `cryptography` and ledger.core; no Django, no database. memory.py decides and
remembers, serving.py answers over HTTP, __main__.py is the command.
"""
