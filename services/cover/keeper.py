"""How does a picture that a source has become an image of the store?"""

from kernel.clock import Clock
from services.cover.domain import Image, Picture, Shown
from services.cover.housekeeping import Housekeeping
from services.cover.imaging.workshop import Workshop
from services.cover.keeping import ImageStore
from services.cover.store import CoverStore


class Keeper:
    """Satisfies chain.KeepsPictures."""

    def __init__(
        self, workshop: Workshop, images: ImageStore, store: CoverStore, housekeeping: Housekeeping, clock: Clock
    ) -> None:
        self._workshop = workshop
        self._images = images
        self._store = store
        self._housekeeping = housekeeping
        self._clock = clock

    def keep(self, picture: Picture) -> tuple[Shown, Image]:
        self._housekeeping.make_room()  # on a full disk nothing could be made to take the place of anything
        self._images.check_room()
        with self._images.stage() as stage:
            look = self._workshop.look_into(picture.descriptor, stage.descriptors)
            image = stage.keep(look)
        self._store.keep_image(image)
        self._housekeeping.make_room(image.id)  # nothing shows it yet, so it would be the first to go
        shown = Shown(
            image_id=image.id,
            source=picture.source,
            grade=picture.grade,
            origin=picture.origin,
            licence=picture.licence,
            attribution=picture.attribution,
            digest=look.digest,
            found_at=self._clock.now(),
        )
        return shown, image
