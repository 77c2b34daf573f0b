"""Payment devices. None yet: `payment = "none"` demands a fee of 0; the interface is in `hardware.interfaces`."""
