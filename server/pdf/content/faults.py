"""Why a page's content is not accepted: a word of the rule, the same as on the phone.

``Malformed``: bytes of a content stream, or of what it draws, that viewers may read differently; ``TooMuch``: a count over its limit.
Both are turned into the upload's refusals, with the page, in one place (judge.py).
"""


class Malformed(Exception):
    """``what``: of words token_length, name_length, string_length, number, name, string, bracket, comment, stream_border; of statements
    operator, operands, place, compatibility, saved_state, inline_image; of what is drawn content_data, form_box, subtype, image, resource,
    colour_space, colour_components, graphics_state, soft_mask, knockout, pattern, glyph, uncoloured."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooMuch(Exception):
    """``limit``: form_depth, saved_states, operators, images, image_pixels, page_pixels, patterns, pattern_cells, content_bytes or
    time."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit
