"""What a resident can ask for; one file a service. A town's settings choose among these; its own ones need an ordinance."""

from kiosk.services import copy, disclosure, move, own, pin
from kiosk.services.service import Service

SERVICES: dict[str, Service] = {service.id: service for service in (copy.SERVICE, pin.SERVICE, move.SERVICE, disclosure.SERVICE)}

OWN_SERVICES: dict[str, Service] = {service.id: service for service in (own.LIBRARY, own.FACILITY, own.WELFARE)}
