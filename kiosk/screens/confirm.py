"""All that was chosen, in the largest text, before anything is issued."""

from io import BytesIO

from kivy.core.image import Image as CoreImage
from kivy.uix.image import Image

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.words import Said

load_kv("confirm")

# More persons than this stand one after the other.
ONE_A_LINE = 4


class Sheet(Image):
    """The paper on a grey ground, so that its edge is seen."""


class Confirm(KioskScreen):
    """The picture of the paper is shown on request only: it is readable over the shoulder."""

    stage = "confirm"

    def persons(self) -> str:
        return ("\n" if self.one_a_line() else "、").join(self.view.shown.persons)

    def one_a_line(self) -> bool:
        return len(self.view.shown.persons) <= ONE_A_LINE

    def items(self) -> str:
        items = [self.say(f"item.{item}") for item in self.view.shown.items]
        return Said("\n".join(items), self.words.language) if items else self.here("items.none")

    def refresh(self) -> None:
        super().refresh()
        preview, place = self.view.shown.preview, self.ids.preview
        if preview is None or place.children:
            return
        # nocache: Kivy must not keep the picture of a record
        picture = CoreImage(BytesIO(preview), ext="png", nocache=True)
        place.add_widget(Sheet(texture=picture.texture, fit_mode="contain"))
        self.ids.facts.clear_widgets()
        self.ids.facts.height = 0
