"""The phone without a screen: keys, pairing, checks, approval, signing, journal. Knows no Kivy and holds no
singleton."""
