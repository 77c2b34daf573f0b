"""What lies over a screen for a moment (languages, display, help), for every renderer: eyes and ears open the same."""

from kiosk.session.states import State

CLOSE = "layer.close"
# Which layer holds the actions that begin so.
BEHIND = {"language.": "open.language", "ease.": "open.ease", "help.": "open.help"}
# States of which the help says the same.
SHARED = {
    State.READING: "wait",
    State.PROVING: "wait",
    State.ASKING: "wait",
    State.PREPARING: "wait",
    State.ISSUING: "wait",
    State.STOPPING: "wait",
    State.CHANGING_PIN: "wait",
    State.CARD_OPENING: "wait",
    State.CARD_WRITING: "wait",
    State.SENDING_OPINION: "wait",
    State.MOVE_LOOKING: "wait",
    State.MOVE_FILING: "wait",
    State.LOOKING: "wait",
    State.NOT_TODAY: "refused",
    State.CARD_LEFT: "take_card_back",
    State.PAPER_LEFT: "take_paper",
}
