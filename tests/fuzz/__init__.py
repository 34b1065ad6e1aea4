"""A fuzzer that knows what a PDF is made of: is there a file that the phone accepts and two viewers draw differently?

Each mutant is a ``Recipe``: a base that is accepted and all viewers draw alike, and one to three mutations of its
structure, each with a number that decides its choices. A recipe is short, can be written down, and always makes
the same file.

| step | file |
|---|---|
| a file taken apart into its objects, cross-references and trailers, and written again with right or wrong offsets | ``pdf_model.py`` |
| the accepted files that mutants are made of | ``bases.py`` |
| the mutations | ``mutate_*.py``, named in ``recipes.py`` |
| the mutant prepared as a dishonest server would | ``dishonest.py`` |
| asked: phone, upload, viewers | ``judge.py`` |
| thousands of mutants by command | ``trial.py`` |

``seeds.json`` keeps what was found once; ``make test`` asks for each of it again, beside a small share of new mutants.
"""
