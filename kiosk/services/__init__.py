"""What a resident can ask for; one file a service. A town's settings choose among these."""

from kiosk.services import copy, pin
from kiosk.services.service import Service

SERVICES: dict[str, Service] = {service.id: service for service in (copy.SERVICE, pin.SERVICE)}
