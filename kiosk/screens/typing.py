"""A development machine's keyboard as the keypad: the window's key codes -> the keypad's keys, by their names."""

# Kivy's codes: those of ASCII, and from 256 on of the number pad and the keys without a sign.
TYPED: dict[int, str] = {
    **{ord(digit): digit for digit in "0123456789"},
    **{256 + digit: str(digit) for digit in range(10)},
    273: "up",
    274: "down",
    13: "select",
    271: "select",  # enter of the number pad
    8: "back",
    282: "help",  # F1
}
# F9 stands for the plug of headphones.
HEADPHONES = 290
