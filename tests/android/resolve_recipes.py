"""Writes ``recipes.json``: what python-for-android itself makes of the requirements in ``mobile_app/buildozer.spec``.

    python -m venv /tmp/p4a && /tmp/p4a/bin/pip install python-for-android==2026.5.9
    /tmp/p4a/bin/python tests/android/resolve_recipes.py

Its own environment, as python-for-android brings 30 MB of build tools that nothing else here needs. Nothing is downloaded or built: the
graph of recipes is resolved, and the versions that the recipes were written for are noted.
"""

import configparser
import json
from pathlib import Path

import pythonforandroid
from pythonforandroid.bootstrap import Bootstrap
from pythonforandroid.build import Context
from pythonforandroid.graph import get_recipe_order_and_bootstrap
from pythonforandroid.recipe import Recipe

HERE = Path(__file__).resolve().parent


def main() -> None:
    spec = configparser.ConfigParser(interpolation=None)
    spec.read(HERE.parents[1] / "mobile_app" / "buildozer.spec", "utf-8")
    requirements = sorted(spec["app"]["requirements"].split(","))
    context = Context()
    bootstrap = Bootstrap.get_bootstrap(spec["app"]["p4a.bootstrap"], context)
    names = [one.partition("==")[0].strip() for one in requirements]
    recipes, modules, found = get_recipe_order_and_bootstrap(context, names, bootstrap)
    record = {
        "python_for_android": pythonforandroid.__version__,
        "bootstrap": found.name,
        "requirements": requirements,
        "recipes": {name: Recipe.get_recipe(name, context).version for name in recipes},
        "python_modules": sorted(modules),
    }
    (HERE / "recipes.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
