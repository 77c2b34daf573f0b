"""What is printed: a signed answer -> pages of cells, pictures and a symbol.

Pure but for opening the font once. Reading order: answer, certificate, form, fields, strip, typeset, fonts, coverage.
"""
