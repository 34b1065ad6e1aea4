"""What may stand on a page (shared rules with the phone, ISO 32000-2 clauses 7.8 to 9): judged at upload."""
