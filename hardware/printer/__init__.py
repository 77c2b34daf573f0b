"""Pages in, ESC/POS bytes out, status back: the printers."""
