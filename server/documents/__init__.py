"""Documents of the portal and of relying parties: upload, inspection, reading, page images."""
