"""Compares what stood in the original with what the increment put in its place."""

from mobile_app.device.document_checks.syntax import Ref, Value


def same(before: Value, after: Value) -> bool:
    """Say whether two values mean the same: numbers by amount, ``null`` entries as absent (ISO 32000-2,
    7.3.7), all else exactly."""
    if type(before) is not type(after):
        return {type(before), type(after)} == {int, float} and before == after
    if type(before) is dict and type(after) is dict:
        return not changed_keys(before, after)
    if type(before) is list and type(after) is list:
        return len(before) == len(after) and all(map(same, before, after))
    return before == after


def changed_keys(before: dict[str, Value], after: dict[str, Value]) -> set[str]:
    """Return the keys whose values differ, absent and ``null`` being one."""
    return {key for key in before.keys() | after.keys() if not same(before.get(key), after.get(key))}


def appended(before: Value, after: Value, reference: Ref) -> bool:
    """Say whether ``after`` is the array ``before`` (absent counts as empty) with just ``reference``
    behind."""
    items = [] if before is None else before
    return isinstance(items, list) and reference not in items and same([*items, reference], after)
