"""What the phone checks before it asks for the code (design §5, steps 2 to 4): envelope, manifest, documents.
One file per step."""
