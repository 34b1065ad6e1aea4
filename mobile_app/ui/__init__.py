"""The phone's screens, in Kivy. No rule lives here: what may be signed is decided in ``mobile_app.device``.

One ``.py`` and ``.kv`` pair per screen; ``bridge`` is the one file in which the device's threads meet widgets; ``flow`` says which screen
stands before the person. Everything but ``bridge`` runs on Kivy's main thread.
"""
