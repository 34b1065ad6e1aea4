"""Files that come from packages at set-up (fonts), and the program that fetches them."""
