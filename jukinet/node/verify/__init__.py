"""The verification page: a door to the public where anyone can check a copy's digital seal in the browser and ask whether it was voided."""
