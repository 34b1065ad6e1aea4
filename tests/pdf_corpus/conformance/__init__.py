"""PDF/A and PDF/UA as veraPDF judges them: ``judge()``; ``python -m tests.pdf_corpus.conformance FOLDER`` for a folder of files."""
