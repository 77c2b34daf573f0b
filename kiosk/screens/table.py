"""Which screen shows which state. Total: a test says so."""

from kiosk.screens.attract import Attract
from kiosk.screens.base import KioskScreen
from kiosk.screens.card_bookings import CardBookings
from kiosk.screens.card_offer import CardOffer
from kiosk.screens.choose_copies import ChooseCopies
from kiosk.screens.choose_day import ChooseDay
from kiosk.screens.choose_items import ChooseItems
from kiosk.screens.choose_persons import ChoosePersons
from kiosk.screens.choose_service import ChooseService
from kiosk.screens.choose_town import ChooseTown
from kiosk.screens.closed import Closed
from kiosk.screens.confirm import Confirm
from kiosk.screens.done import ServiceDone
from kiosk.screens.enter_pin import EnterPin
from kiosk.screens.goodbye import Goodbye
from kiosk.screens.information import Information
from kiosk.screens.insert_card import InsertCard
from kiosk.screens.looks import Looks
from kiosk.screens.move import MoveConfirm, MoveWhere
from kiosk.screens.opinion import Opinion
from kiosk.screens.pay import Pay
from kiosk.screens.print_failed import PrintFailed
from kiosk.screens.printing import Printing
from kiosk.screens.receipt import Receipt
from kiosk.screens.refused import Refused
from kiosk.screens.take_card import CardBack, TakeCard
from kiosk.screens.take_paper import PaperOut, TakePaper
from kiosk.screens.vendor_mode import VendorMode
from kiosk.screens.wait import CardWait, ChoiceWait, ConfirmWait, PaperWait, PinWait, Wait
from kiosk.session.states import State

SCREENS: dict[State, type[KioskScreen]] = {
    State.RECOVERING: Wait,
    State.ATTRACT: Attract,
    State.CLOSED: Closed,
    State.OUT_OF_SERVICE: Closed,
    State.CHOOSE_SERVICE: ChooseService,
    State.INFORMATION: Information,
    State.INSERT_CARD: InsertCard,
    State.READING: CardWait,
    State.ENTER_PIN: EnterPin,
    State.NEW_PIN: EnterPin,
    State.NEW_PIN_AGAIN: EnterPin,
    State.CHANGING_PIN: PinWait,
    State.PROVING: PinWait,
    State.ASKING: ChoiceWait,
    State.CARD_OPENING: PinWait,
    State.CARD_OFFER: CardOffer,
    State.CARD_BOOKINGS: CardBookings,
    State.CARD_WRITING: ChoiceWait,
    State.OPINION: Opinion,
    State.SENDING_OPINION: ChoiceWait,
    State.MOVE_LOOKING: ChoiceWait,
    State.MOVE_WHERE: MoveWhere,
    State.CHOOSE_MOVERS: ChoosePersons,
    State.CHOOSE_DAY: ChooseDay,
    State.CHOOSE_TOWN: ChooseTown,
    State.MOVE_CONFIRM: MoveConfirm,
    State.MOVE_FILING: ConfirmWait,
    State.LOOKING: ChoiceWait,
    State.LOOKS: Looks,
    State.CHOOSE_PERSONS: ChoosePersons,
    State.CHOOSE_ITEMS: ChooseItems,
    State.CHOOSE_COPIES: ChooseCopies,
    State.PREPARING: ConfirmWait,
    State.CONFIRM: Confirm,
    State.PAY: Pay,
    State.ISSUING: PaperWait,
    State.TAKE_CARD: TakeCard,
    State.PRINTING: Printing,
    State.PRINT_FAILED: PrintFailed,
    State.TAKE_PAPER: TakePaper,
    State.RECEIPT: Receipt,
    State.DONE: ServiceDone,
    State.REFUSED: Refused,
    State.NOT_TODAY: Refused,
    State.STOPPING: Wait,
    State.TAKE_CARD_BACK: CardBack,
    State.CARD_LEFT: CardBack,
    State.PAPER_LEFT: PaperOut,
    State.GOODBYE: Goodbye,
    State.VENDOR_MODE: VendorMode,
}
