"""pdf.js as a judge: the package of ``package-lock.json`` in the browser that the end-to-end tests use.

Rules: one browser and one tab for the life of the object; the tab loads pdf.js from this machine by a server on the loopback address
that knows two folders and nothing else; each document is opened anew and destroyed. Fonts that are not embedded are taken from
pdf.js's own ``standard_fonts``, and glyphs are not hinted, so that pictures do not depend on the machine's fonts more than need be.
"""

import base64
import functools
import http.server
import shutil
import threading
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "node_modules" / "pdfjs-dist"
_KINDS = {".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html"}
_TIMEOUT_MS = 40_000


class _Files(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, **_KINDS}

    def translate_path(self, path: str) -> str:
        if path == "/pdfjs_page.html":
            return str(HERE / "pdfjs_page.html")
        return super().translate_path(path)

    def log_message(self, *_: Any) -> None:
        """Nothing: the answers are what counts."""


class PdfJs:
    """A browser's tab that draws pages; use as a context manager."""

    def __enter__(self) -> "PdfJs":
        from playwright.sync_api import sync_playwright

        handler = functools.partial(_Files, directory=str(PACKAGE))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--font-render-hinting=none", "--disable-gpu"],
        )
        self._page = self._browser.new_page()
        self._page.set_default_timeout(_TIMEOUT_MS)
        self._page.goto(f"http://127.0.0.1:{self._server.server_port}/pdfjs_page.html")
        self._page.wait_for_function("window.drawPages !== undefined")
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()
        self._server.shutdown()

    def draw(self, path: str, pages: list[tuple[int, int]]) -> tuple[int, list[Any]]:
        """Page count, and for each of ``pages`` (index, width) its picture or an error's text."""
        data = base64.b64encode(Path(path).read_bytes()).decode()
        answer = self._page.evaluate(
            "([data, pages]) => window.drawPages(data, pages)", [data, [list(page) for page in pages]]
        )
        return answer["count"], [_drawn(one) for one in answer["pages"]]


def _drawn(one: dict[str, Any]) -> Any:
    if "error" in one:
        return str(one["error"])[:300]
    return one["width"], one["height"], base64.b64decode(one["grey"])
