"""The thief of an unlocked phone: decorators around vault and link that falsify exactly one thing each (see
``catalogue.py``).
"""
