"""The way of one request through the phone, a file for each step (design §5, steps 3 to 8; protocol §4.4):

``look`` (opened; manifest and documents checked) → the person decides (``decision``) → ``choose_code`` →
``approve`` → ``sign``; or ``refuse``. ``walk`` puts them in order and says what happens when one fails. Each
step is journaled before the server can see it.
"""
