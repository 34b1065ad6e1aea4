"""The demo: the whole product on one machine, with an emulated phone and a person who approves.

``make demo`` keeps its data in a folder and stays up for the browser; ``make demo FILES=… OUT=…`` signs the given files once, with
everything temporary, and exits. Both go the real ways: HTTP for browser and relying party, Socket.IO for the phone, each program in a
process of its own. Only what an operator does by command (adding a user, registering a relying party) is done in place, before the
server starts. The demo imports nothing of the phone.
"""
