"""The portal's HTML edge: pages for web users, in Vietnamese and English."""
