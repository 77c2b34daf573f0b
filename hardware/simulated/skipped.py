"""Commands that the simulated printer reads and that leave no mark on its paper, each with the number of its parameter bytes.

A command that is not known here or to the decoder loses its two bytes, and its parameters are printed as text: as on paper.
"""

SKIPPED = {
    b"\x1bR": 1,  # international characters
    b"\x1bt": 1,  # code page
    b"\x1bM": 1,  # font
    b"\x1b!": 1,  # print mode
    b"\x1bE": 1,  # bold
    b"\x1bG": 1,  # double strike
    b"\x1ba": 1,  # justification: only left is printed
    b"\x1b-": 1,  # underline
    b"\x1b{": 1,  # upside down
    b"\x1bp": 3,  # cash drawer
    b"\x1b ": 1,  # gap
    b"\x1dB": 1,  # white on black
    b"\x1dL": 2,  # left margin
    b"\x1dW": 2,  # print area
    b"\x1dh": 1,  # height, width, text and font of bar codes
    b"\x1dw": 1,
    b"\x1dH": 1,
    b"\x1df": 1,
    b"\x1cS": 2,  # kanji gaps
    b"\x1c-": 1,  # underline
    b"\x10\x04": 1,  # real-time commands: obeyed on reception, skipped in their turn
    b"\x10\x05": 1,
    b"\x10\x14": 1,
}
