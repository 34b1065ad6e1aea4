"""The package: what buildozer.spec asks for, what stands in the manifest, and that the app starts where its folder has lost its name."""

import ast
import configparser
import importlib.util
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "mobile_app"
PACKAGING = APP / "android" / "packaging"
JAVA = APP / "android" / "java"
ANDROID = "{http://schemas.android.com/apk/res/android}"
RECIPES = json.loads(Path(__file__).with_name("recipes.json").read_text("utf-8"))


def spec() -> dict[str, str]:
    read = configparser.ConfigParser(interpolation=None)
    read.read(APP / "buildozer.spec", "utf-8")
    return {name: value.replace("%(source.dir)s/", "") for name, value in read["app"].items()}


SPEC = spec()
REQUIREMENTS = dict(entry.strip().partition("==")[::2] for entry in SPEC["requirements"].split(","))


def listed(name: str) -> list[str]:
    return [value.strip() for value in SPEC[name].split(",")]


def packed(path: Path) -> bool:
    """Whether buildozer takes this file into the app, by the spec."""
    name = path.relative_to(APP).as_posix()
    if path.suffix[1:] not in listed("source.include_exts") or name in listed("source.exclude_patterns"):
        return False
    return not any(name.startswith(f"{folder}/") or f"/{folder}/" in name for folder in listed("source.exclude_dirs"))


SOURCES = sorted(path for path in APP.rglob("*.py") if packed(path))


def imported(path: Path) -> set[str]:
    """Top-level names of what a file imports, wherever it stands in it, except for type checkers."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    checked = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    unseen = {id(inner) for node in checked for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


OUTSIDE = (
    {name for path in SOURCES for name in imported(path)} - set(sys.stdlib_module_names) - {"mobile_app", "app_root"}
)


WITHOUT = {"zxingcpp": "qr_code.can_read says no: the phone's own camera app reads the code"}
"""What the app does without where it is not installed, as on a phone."""


# -- requirements ---------------------------------------------------------------------------------------------
def test_every_import_of_the_app_is_asked_for_and_pinned() -> None:
    provided = packages_distributions()
    names = {"jnius": "pyjnius"} | {name: provided[name][0].lower() for name in OUTSIDE if name in provided}
    assert {name: names.get(name) for name in OUTSIDE - WITHOUT.keys() if names.get(name) not in REQUIREMENTS} == {}
    by_recipe = {"android", "openssl", "sqlite3"}
    assert {name for name, pin in REQUIREMENTS.items() if not pin} == by_recipe
    assert "sqlite3" in {name for path in SOURCES for name in imported(path)}, "then its recipe is not needed"


def test_what_a_phone_does_without_is_imported_only_when_it_is_there() -> None:
    for path in SOURCES:
        first = {
            name.name
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, ast.Import)
            for name in node.names
        }
        assert not first & WITHOUT.keys(), path.name
    assert not WITHOUT.keys() & set(REQUIREMENTS)


def test_one_file_knows_pyjnius_and_the_core_knows_no_android() -> None:
    assert [path.name for path in APP.rglob("*.py") if "jnius" in imported(path)] == ["jnius_java.py"]
    for folder in ("device", "link", "emulator"):
        for path in (APP / folder).rglob("*.py"):
            assert "mobile_app.android" not in path.read_text("utf-8"), path
    reaching = {path.name for path in (APP / "ui").rglob("*.py") if "mobile_app.android" in path.read_text("utf-8")}
    assert reaching == set(), "screens get Android's parts from the composition root"


def test_what_the_imports_need_in_turn_is_asked_for() -> None:
    """pip gets no say in a phone's build: the list is whole."""
    left_out = {
        "simple-websocket": "the server's half of engineio",
        "kivy-garden": "flowers are not used",
        "docutils": "Kivy's reStructuredText is not used",
        "pygments": "Kivy's code input is not used",
    }
    for name in ("python-socketio", "python-engineio", "requests", "kivy", "cryptography"):
        for need in requires(name) or []:
            wanted, _, when = need.partition(";")
            if "extra" in when or "platform" in when or "python_full_version" in when:
                continue
            plain = re.split(r"[ <>=!~\[(]", wanted.strip())[0].lower().replace("_", "-")
            assert plain in REQUIREMENTS or plain in left_out, f"{name} needs {plain}"


def test_pure_python_parts_have_the_versions_that_the_tests_run_with() -> None:
    pure = [name for name in REQUIREMENTS if name in RECIPES["python_modules"]]
    assert len(pure) > 8
    different = {name: (REQUIREMENTS[name], version(name)) for name in pure if name not in ("six", "chardet")}
    assert {name: both for name, both in different.items() if both[0] != both[1]} == {}


def test_python_for_androids_recipes_resolve_exactly_these_requirements() -> None:
    """``resolve_recipes.py`` wrote the record with python-for-android itself; it has to be run again when the spec changes."""
    assert RECIPES["requirements"] == sorted(SPEC["requirements"].split(",")), "run tests/android/resolve_recipes.py"
    assert RECIPES["bootstrap"] == SPEC["p4a.bootstrap"]
    assert SPEC["p4a.branch"] == "v" + RECIPES["python_for_android"]
    resolved = set(RECIPES["recipes"]) | set(RECIPES["python_modules"])
    assert set(REQUIREMENTS) <= resolved
    for name, pin in RECIPES["recipes"].items():
        if REQUIREMENTS.get(name):
            assert REQUIREMENTS[name] == pin, f"{name}: the recipe was written for {pin}"
    unpinned = set(RECIPES["python_modules"]) - set(REQUIREMENTS)
    assert unpinned == set(), "a module would come in whatever version there is"


# -- what is packed ---------------------------------------------------------------------------------------------
def test_the_app_is_packed_whole_and_nothing_that_it_does_not_run() -> None:
    names = {path.relative_to(APP).as_posix() for path in SOURCES}
    assert {"main.py", "app_root.py", "device/device.py", "ui/flow.py", "android/android_main.py"} <= names
    assert not any(name.startswith(("emulator/", "android/packaging/")) for name in names)
    assert "pypdfium2" not in OUTSIDE
    for path in SOURCES:
        if path.parent.name == "ui" and path.with_suffix(".kv").exists():
            assert packed(path.with_suffix(".kv"))
    reached = {name for path in SOURCES for name in re.findall(r"mobile_app\.emulator", path.read_text("utf-8"))}
    assert reached == set()


def test_every_file_that_the_spec_names_is_there() -> None:
    for name in (
        "icon.filename",
        "icon.adaptive_foreground.filename",
        "icon.adaptive_background.filename",
        "presplash.filename",
        "android.manifest.intent_filters",
        "android.extra_manifest_application_arguments",
        "android.add_src",
        "android.add_resources",
        "p4a.hook",
        "version.filename",
    ):
        assert (APP / SPEC[name]).exists(), name
    source = (APP / SPEC["version.filename"]).read_text("utf-8")
    found = re.search(SPEC["version.regex"], source)
    assert found is not None
    assert re.fullmatch(r"\d+(\.\d+)*", found[1])


def test_the_images_are_the_products_drawing() -> None:
    made = load("draw_images").images()
    from PIL import Image, ImageChops

    assert {path.name for path in (PACKAGING / "images").iterdir()} == set(made)
    for name, image in made.items():
        kept = Image.open(PACKAGING / "images" / name)
        assert (kept.size, kept.mode) == (image.size, image.mode)
        assert ImageChops.difference(kept, image).getbbox() is None, f"{name}: run draw_images.py"
    foreground = made["icon_foreground.png"]
    inside = foreground.getbbox()
    assert inside is not None
    reach = max(((x - 216) ** 2 + (y - 216) ** 2) ** 0.5 for x in inside[0::2] for y in inside[1::2])
    assert reach <= 432 * 33 / 108, "a round launcher would cut it"


# -- the manifest -----------------------------------------------------------------------------------------------
def load(name: str):  # type: ignore[no-untyped-def]
    found = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def manifest(activity: str = "vn.phoneseal.PhoneSealActivity", more: str = "", backup: str = "false") -> str:
    """As python-for-android's template writes it from the spec."""
    attributes = (PACKAGING / "application_attributes.txt").read_text("utf-8")
    filters = (PACKAGING / "intent_filters.xml").read_text("utf-8")
    return f"""<manifest xmlns:android="http://schemas.android.com/apk/res/android">
        <application android:allowBackup="{backup}" {attributes}>
        <activity android:name="{activity}" android:exported="true">{filters}</activity>{more}
        </application></manifest>"""


def test_the_manifest_gets_the_service_closed_to_others() -> None:
    hook = load("hook")
    finished = hook.finished(hook.finished(manifest()))
    services = ElementTree.fromstring(finished).findall("application/service")
    assert [(one.get(ANDROID + "name"), one.get(ANDROID + "exported")) for one in services] == [
        ("vn.phoneseal.StayReachable", "false")
    ]
    assert services[0].get(ANDROID + "foregroundServiceType") == "specialUse"
    assert (SPEC["android.entrypoint"], "vn.phoneseal.WakeUpReceiver") == hook.OPEN


def test_the_manifest_gets_the_receiver_shut_until_it_is_wanted_and_sees_distributors_only() -> None:
    hook = load("hook")
    root = ElementTree.fromstring(hook.finished(hook.finished(manifest())))
    (receiver,) = root.findall("application/receiver")
    said = {name: receiver.get(ANDROID + name) for name in ("name", "enabled", "exported")}
    assert said == {"name": "vn.phoneseal.WakeUpReceiver", "enabled": "false", "exported": "true"}
    heard = {one.get(ANDROID + "name") for one in receiver.findall("intent-filter/action")}
    source = (JAVA / "vn/phoneseal/WakeUpReceiver.java").read_text("utf-8")
    beginning = "org.unifiedpush.android.connector."
    assert f'"{beginning}"' in source
    assert heard == {beginning + name for name in re.findall(r'HEARD \+ "(\w+)"', source)}
    seen = [one.get(ANDROID + "name") for one in root.findall("queries/intent/action")]
    assert seen == ["org.unifiedpush.android.distributor.REGISTER"]


@pytest.mark.parametrize(
    "bad",
    [
        manifest(activity="org.kivy.android.PythonActivity"),
        manifest(more='<receiver android:name="x.Y" android:exported="true" />'),
        manifest(backup="true"),
        '<manifest xmlns:android="http://schemas.android.com/apk/res/android" />',
    ],
    ids=["python_activity", "open_receiver", "backup", "empty"],
)
def test_a_manifest_with_another_opening_is_not_built(bad: str) -> None:
    with pytest.raises(ValueError):
        load("hook").finished(bad)


def test_a_link_of_ours_and_no_other_opens_the_app() -> None:
    data = ElementTree.fromstring(manifest()).findall("application/activity/intent-filter/data")
    assert [(one.get(ANDROID + "scheme"), one.get(ANDROID + "host")) for one in data] == [("phoneseal", "pair")]
    assert SPEC["android.manifest.launch_mode"] == "singleTask"


def test_permissions_are_few_and_each_is_used() -> None:
    reasons = {
        "INTERNET": "mobile_app/link",
        "USE_BIOMETRIC": "BiometricPrompt",
        "POST_NOTIFICATIONS": "POST_NOTIFICATIONS",
        "FOREGROUND_SERVICE": "startForeground",
        "FOREGROUND_SERVICE_SPECIAL_USE": "FOREGROUND_SERVICE_TYPE_SPECIAL_USE",
        "HIDE_OVERLAY_WINDOWS": "setHideOverlayWindows",
    }
    assert set(listed("android.permissions")) == set(reasons)
    sources = (
        "".join(path.read_text("utf-8") for path in (*JAVA.rglob("*.java"), *(APP / "android").glob("*.py")))
        + "mobile_app/link"
    )
    assert [name for name, use in reasons.items() if use not in sources] == []


def test_nothing_is_backed_up_and_nothing_goes_in_the_clear() -> None:
    assert SPEC["android.allow_backup"] == "False"
    rules = ElementTree.parse(PACKAGING / "res/xml/data_extraction.xml").getroot()
    for way in ("cloud-backup", "device-transfer"):
        left_out = {one.get("domain") for one in rules.findall(f"{way}/exclude")}
        assert left_out == {"root", "file", "database", "sharedpref", "external"}
    network = ElementTree.parse(PACKAGING / "res/xml/network_security.xml").getroot()
    assert [one.get("cleartextTrafficPermitted") for one in network.findall("base-config")] == ["false"]
    clear = [one for one in network.findall("domain-config") if one.get("cleartextTrafficPermitted") == "true"]
    assert {domain.text for one in clear for domain in one.findall("domain")} == {"localhost", "127.0.0.1"}


# -- the Java side ------------------------------------------------------------------------------------------------
def test_the_java_classes_are_those_that_python_asks_for() -> None:
    from mobile_app.android.java import APP_CLASSES, LISTENERS

    written = {path.relative_to(JAVA).with_suffix("").as_posix().replace("/", ".") for path in JAVA.rglob("*.java")}
    assert {name for name in APP_CLASSES if name.startswith("vn.")} <= written
    assert SPEC["android.entrypoint"] in written
    answer = (JAVA / "vn/phoneseal/BiometricAnswer.java").read_text("utf-8")
    assert "public interface Listener {\n        void answered(int code);" in answer
    assert LISTENERS["vn.phoneseal.BiometricAnswer$Listener"] == {"answered": "(I)V"}
    receiver = (JAVA / "vn/phoneseal/WakeUpReceiver.java").read_text("utf-8")
    assert "public interface Listener {\n        void changed();\n\n        void woken();" in receiver
    assert LISTENERS["vn.phoneseal.WakeUpReceiver$Listener"] == {"changed": "()V", "woken": "()V"}
    service = (JAVA / "vn/phoneseal/StayReachable.java").read_text("utf-8")
    reachability = (APP / "android/reachability.py").read_text("utf-8")
    for extra in re.findall(r'getStringExtra\("(\w+)"\)', service):
        assert f'putString("{extra}"' in reachability


def test_what_is_recorded_of_android_is_what_the_app_touches() -> None:
    """No more: a name that nobody uses would be verified for nothing. The stand-in sees to it that it is no less."""
    sources = "".join(path.read_text("utf-8") for path in (APP / "android").glob("*.py"))
    recorded = json.loads(Path(__file__).with_name("android_api.json").read_text("utf-8"))
    assert recorded["levels"][0] == int(SPEC["android.minapi"])
    assert recorded["levels"][-1] == int(SPEC["android.api"])
    for name, members in recorded["classes"].items():
        for member in set(members) - {"new"}:
            assert re.search(rf"\b{member}\b", sources), f"{name} {member}"


def test_the_window_is_private_and_strangers_intents_are_dropped_before_python_runs() -> None:
    activity = (JAVA / "vn/phoneseal/PhoneSealActivity.java").read_text("utf-8")
    create = activity[activity.index("void onCreate") : activity.index("void onNewIntent")]
    order = [create.index(step) for step in ("setIntent(cleaned(getIntent()))", "FLAG_SECURE", "super.onCreate(")]
    assert order == sorted(order)
    assert "super.onNewIntent(cleaned(intent))" in activity
    assert "org.kivy.LAUNCH" not in activity.partition("public class")[2]


# -- where the folder has lost its name -----------------------------------------------------------------------------
@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The app as Android unpacks it: the files of the folder, in the app's root, beside python-for-android's modules."""
    root = tmp_path / "files" / "app"
    for path in (*SOURCES, *(path for path in APP.rglob("*.kv") if packed(path)), *(APP / "assets").rglob("*.ttf")):
        target = root / path.relative_to(APP)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    bundle = tmp_path / "bundle" / "android"
    bundle.mkdir(parents=True)
    (bundle / "__init__.py").write_text("WHOSE = 'python-for-android'\n")
    return root


def run_unpacked(root: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As the app's C program does: a file of the root, the root and its ``lib`` on the path, docstrings and asserts gone."""
    paths = f"{root}:{root / 'lib'}:{root.parents[1] / 'bundle'}"
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": paths,
        "PYTHONOPTIMIZE": "2",
        "ANDROID_PRIVATE": str(root.parent),
    } | environment
    return subprocess.run([sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, check=False)


def test_the_package_has_its_name_again_and_hides_nobodys(unpacked: Path) -> None:
    done = run_unpacked(
        unpacked,
        "import app_root, android, mobile_app.device.device, mobile_app.android.java, os, sys\n"
        "print(android.WHOSE, mobile_app.device.device.__name__, os.environ['HOME'], 'device' in sys.modules)",
    )
    assert done.stdout.split() == ["python-for-android", "mobile_app.device.device", str(unpacked.parent), "False"], (
        done.stderr
    )


def test_main_runs_from_the_root_and_hands_over_to_android(unpacked: Path) -> None:
    (unpacked.parents[1] / "bundle" / "jnius.py").write_text("raise RuntimeError('here Java begins')\n")
    code = f"import runpy; runpy.run_path({str(unpacked / 'main.py')!r}, run_name='__main__')"
    done = run_unpacked(unpacked, code, ANDROID_ARGUMENT=str(unpacked))
    assert "here Java begins" in done.stderr, done.stderr
    assert "android_main" in done.stderr
