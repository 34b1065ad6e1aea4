"""Writes ``android_api.json``: each class, method, field and constructor of Java that the app touches, as Android itself declares it.

    python tests/android/record_api.py 28=android-all-9.jar 30=android-all-11.jar … 35=android-all-15.jar

The jars are org.robolectric:android-all from Maven Central (Android's own classes, built from its sources; members that Android hides from
apps are in them too); ``javap`` comes with a JDK. What is touched is listed in ``touched.txt``; a name that no jar knows is an error.
``since`` is the lowest of the given levels that has it with that signature.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORD = HERE / "android_api.json"
MEMBER = re.compile(
    r"^  (?:public|protected) (?P<modifiers>(?:[a-z]+ )*)(?P<rest>[^(;{=]*?)(?P<value> = .*)?"
    r"(?P<call>\((?P<arguments>[^)]*)\))?(?: throws .*)?;$"
)


def touched() -> dict[str, list[str]]:
    """Class → members; a constructor is called ``new``."""
    found = {}
    for line in (HERE / "touched.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, *members = line.split()
            found[name] = members
    return found


def declared(jar: Path, names: list[str]) -> dict[str, list[dict[str, object]]]:
    """Every member of the classes and what they inherit from, in one go of javap."""
    found: dict[str, list[dict[str, object]]] = {}
    waiting = list(names)
    while waiting:
        asked = [name for name in waiting if name not in found]
        waiting = []
        if not asked:
            break
        done = subprocess.run(
            ["javap", "-s", "-constants", "-protected", "-classpath", jar, *asked],
            capture_output=True,
            text=True,
            check=False,
        )
        for name in asked:
            found[name] = []
        current = ""
        lines = done.stdout.splitlines()
        for at, line in enumerate(lines):
            header = re.match(
                r"^(?:public |protected |abstract |final |static )*(?:class|interface) ([\w.$]+)(?:<.*?>)?(.*)\{$", line
            )
            if header:
                current = header[1]
                parents = re.findall(r"(?:extends|implements|,) *([\w.$]+)", re.sub(r"<[^<>]*>", "", header[2]))
                found[current] = [{"parent": parent} for parent in parents]
                waiting += parents
                continue
            member = MEMBER.match(line)
            if member and current:
                found[current].append(read_member(current, member, lines[at + 1].strip().removeprefix("descriptor: ")))
    return found


def read_member(owner: str, member: re.Match[str], descriptor: str) -> dict[str, object]:
    name = member["rest"].split()[-1]
    return {
        "name": "new" if member["call"] and name == owner else name,
        "signature": descriptor,
        "static": "static" in member["modifiers"].split(),
        "varargs": bool(member["arguments"]) and "..." in member["arguments"],
        "field": member["call"] is None,
        "value": json.loads(member["value"].removeprefix(" = ").rstrip("lfd")) if member["value"] else None,
    }


def members_of(found: dict[str, list[dict[str, object]]], name: str, wanted: str) -> list[dict[str, object]]:
    own = [member for member in found.get(name, []) if member.get("name") == wanted]
    if own or wanted == "new":
        return own
    for parent in [member["parent"] for member in found.get(name, []) if "parent" in member]:
        inherited = members_of(found, str(parent), wanted)
        if inherited:
            return inherited
    return []


def record(jars: dict[int, Path]) -> dict[str, dict[str, list[dict[str, object]]]]:
    wanted = touched()
    made: dict[str, dict[str, list[dict[str, object]]]] = {
        name: {member: [] for member in wanted[name]} for name in wanted
    }
    for level in sorted(jars):
        found = declared(jars[level], list(wanted))
        for name, members in wanted.items():
            for member in members:
                known = made[name][member]
                for one in members_of(found, name, member):
                    if one["signature"] not in [old["signature"] for old in known]:
                        known.append(
                            {key: one[key] for key in ("signature", "static", "varargs", "field", "value")}
                            | {"since": level}
                        )
    return made


def main(arguments: list[str]) -> int:
    jars = {int(level): Path(jar) for level, _, jar in (argument.partition("=") for argument in arguments)}
    made = record(jars)
    missing = [f"{name} {member}" for name in made for member, found in made[name].items() if not found]
    if missing or not jars:
        sys.stderr.write("no jar knows: " + ", ".join(missing) + "\n")
        return 1
    RECORD.write_text(json.dumps({"levels": sorted(jars), "classes": made}, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
