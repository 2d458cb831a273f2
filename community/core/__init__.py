"""Pure rules of the community: texts, markdown, pairs, redaction. No Django, clock or I/O."""
