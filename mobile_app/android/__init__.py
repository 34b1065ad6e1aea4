"""What the phone app has of Android: key store, biometrics, page rendering, pairing links, staying reachable.

Only ``jnius_java`` imports pyjnius; everything else is handed a ``Java`` and runs against whatever implements it.
"""
