"""The states of the terminal. A visit is in exactly one; each has a screen, a time limit and a way home."""

from enum import StrEnum


class State(StrEnum):
    RECOVERING = "recovering"
    ATTRACT = "attract"
    CLOSED = "closed"
    OUT_OF_SERVICE = "out_of_service"
    CHOOSE_SERVICE = "choose_service"
    INFORMATION = "information"  # what the network is, and what can be had of it
    INSERT_CARD = "insert_card"
    READING = "reading"
    ENTER_PIN = "enter_pin"
    PROVING = "proving"
    ASKING = "asking"
    NEW_PIN = "new_pin"
    NEW_PIN_AGAIN = "new_pin_again"
    CHANGING_PIN = "changing_pin"
    CARD_OPENING = "card_opening"  # a service's own area, with its own PIN
    CARD_OFFER = "card_offer"  # to register the card for the service
    CARD_BOOKINGS = "card_bookings"
    CARD_WRITING = "card_writing"
    OPINION = "opinion"  # on a service under discussion
    SENDING_OPINION = "sending_opinion"
    MOVE_LOOKING = "move_looking"  # is a move under way? and if not, who is in the household
    MOVE_WHERE = "move_where"  # how far one is
    CHOOSE_MOVERS = "choose_movers"
    CHOOSE_DAY = "choose_day"  # of moving out, or of having moved in
    CHOOSE_TOWN = "choose_town"
    MOVE_CONFIRM = "move_confirm"
    MOVE_FILING = "move_filing"
    LOOKING = "looking"  # for who looked at the record
    LOOKS = "looks"
    CHOOSE_PERSONS = "choose_persons"
    CHOOSE_ITEMS = "choose_items"
    CHOOSE_COPIES = "choose_copies"
    PREPARING = "preparing"  # fetch the chosen records, compose, prove drawable, enough paper
    CONFIRM = "confirm"
    PAY = "pay"
    ISSUING = "issuing"
    TAKE_CARD = "take_card"
    PRINTING = "printing"
    PRINT_FAILED = "print_failed"
    TAKE_PAPER = "take_paper"
    RECEIPT = "receipt"
    DONE = "done"  # a service that ends in no certificate has done what was asked
    REFUSED = "refused"
    NOT_TODAY = "not_today"
    STOPPING = "stopping"  # voids and gives the money back before the card is asked away
    TAKE_CARD_BACK = "take_card_back"
    CARD_LEFT = "card_left"
    PAPER_LEFT = "paper_left"
    GOODBYE = "goodbye"
    VENDOR_MODE = "vendor_mode"


# States in which a PIN is entered or used; leaving them for any other wipes it, and so does beginning anew.
PIN_STATES = frozenset({State.ENTER_PIN, State.PROVING, State.NEW_PIN, State.NEW_PIN_AGAIN, State.CHANGING_PIN, State.CARD_OPENING})


class Reason(StrEnum):
    """Why a visit cannot go on: one key, one set of words, one next step each."""

    # the card
    CARD_TURNED = "card_turned"
    CARD_NOT_OURS = "card_not_ours"
    CARD_NO_CERTIFICATE = "card_no_certificate"
    CARD_EXPIRED = "card_expired"
    CARD_NOT_YET = "card_not_yet"  # its certificate begins later
    CARD_JUKI_ENDED = "card_juki_ended"  # a 住基カード past its ten years
    CARD_FOREIGN = "card_foreign"  # an issuer we do not trust, or a certificate for something else
    CARD_TEST = "card_test"  # of a test hierarchy
    CARD_REVOKED = "card_revoked"  # lost or stolen, or no reason told
    CARD_MOVED = "card_moved"
    CARD_RENAMED = "card_renamed"
    CARD_SUPERSEDED = "card_superseded"  # renewed
    CARD_HELD = "card_held"
    CARD_CEASED = "card_ceased"  # given up by its holder
    CARD_SUSPENDED = "card_suspended"  # for a while: reported lost
    CARD_SLOW = "card_slow"
    CARD_FAULT = "card_fault"
    AREA_EARLY = "area_early"  # pulled while it was written
    AREA_NONE = "area_none"  # made without the service's area
    AREA_PHOTO = "area_photo"  # no photo ID, and the service asks for one
    AREA_KEY = "area_key"  # opened by another key than ours
    AREA_FULL = "area_full"
    AREA_EMPTY = "area_empty"  # nothing in it, and only the office may write
    PIN_LOCKED = "pin_locked"
    # the person
    UNDER_AGE = "under_age"
    GONE = "gone"
    NO_MEMBER = "no_member"
    # a move by card
    MOVE_NOT_CARRIED_ON = "move_not_carried_on"
    MOVE_NO_CARD = "move_no_card"  # the card's holder stays
    MOVE_LATE_NOTICE = "move_late_notice"  # of moving out
    MOVE_LATE = "move_late"  # of moving in
    MOVE_NOT_EXPECTED = "move_not_expected"
    MOVE_SAME_TOWN = "move_same_town"
    MOVE_NO_TOWN = "move_no_town"
    MOVE_USED = "move_used"
    MOVE_DATE = "move_date"
    MOVE_UNKNOWN = "move_unknown"  # whether the notice was taken: the line broke
    # the network
    NETWORK = "network"
    TOWN_CLOSED = "town_closed"
    TOWN_PAUSED = "town_paused"  # for a while, outside its hours too
    NETWORK_CLOSED = "network_closed"
    WRONG_ANSWER = "wrong_answer"
    PEER_REFUSED = "peer_refused"
    # the paper
    PAPER = "paper"
    NO_PRINTER = "no_printer"
    # not today: classes a slip may name
    COUNTER = "counter"
    HOME_CLOSED = "home_closed"
    HOME_UNREACHABLE = "home_unreachable"
    # ours
    FAULT = "fault"


class PinName(StrEnum):
    """Which of the four PINs is asked for; the screen names it in full."""

    USER_AUTHENTICATION = "user_authentication"  # 利用者証明用電子証明書の暗証番号（数字4桁）
    NEW = "new"  # the one to come in its place
    AGAIN = "again"
    SERVICE = "service"  # of a service's own area


class Step(StrEnum):
    """Steps of the waits, as the progress line counts them."""

    CARD = "card"
    PROOF = "proof"
    RECORD = "record"
    DOCUMENT = "document"
    ISSUE = "issue"
    CHANGE = "change"  # write into the card
    LOOKS = "looks"  # for who looked at the record
    AREA = "area"  # open a service's area
    NOTICE = "notice"  # of a move
    OPINION = "opinion"
