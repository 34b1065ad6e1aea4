"""The emulated device: the phone's own core and link with a scripted or a terminal person in front of them.

Rules
* It is the product's phone without a screen, not a mock: everything that checks, asks, signs and sends is
  ``mobile_app.device`` and ``mobile_app.link``. What is here plays the person, the network's bad days and the
  thief of a phone.
* Misbehaviour is a decorator around an injected collaborator (link, vault): no switch inside the core knows
  of it.
* What happens is told as events, one JSON object per line, so that a test or another program can follow.
"""
