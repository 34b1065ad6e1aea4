"""The parts of ``server/pdf/verify.py``: what a signature's bytes say, whom they lead to, when, and what came after them.

``ber``, ``cms_message``: reading the CMS (RFC 5652). ``algorithms``, ``integrity``: digest and signature value, time-stamp tokens (RFC
3161). ``trust``, ``proven_time``: the path to a trust root at the time that is proven. ``security_store``, ``long_term``: validation
material in the document and whether it covers the chain. ``changes``, ``form_values``: what later revisions changed. pyHanko reads
objects, compares revisions and builds paths; every part says what it could not do instead of raising.
"""
