"""Results made readable: documents, tables, figures, pictures. Never measures anything."""
