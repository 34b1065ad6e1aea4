"""Takes each refusal of the document checks away in turn, and sees whether a test notices.

``python -m tests.mutation [phone|server] [--only FILE] [--draw N --seed S]``. A check that nothing notices is
either untested or needless; both are faults of what the product promises, so the run fails below 97 % and for
every survivor that ``needless.toml`` does not explain.

| step | file |
|---|---|
| which refusals there are, in the program's syntax tree | ``refusals.py`` |
| the tree without one of them, or with a probe at each | ``edits.py`` |
| a function of this process gets the edited code | ``live_code.py`` |
| one process has collected the tests; a fork per refusal runs those that can tell | ``forks.py`` |
| what is known from earlier runs, and what is needless | ``records.py`` |
| what is mutated against which tests | ``subjects.py`` |
"""
