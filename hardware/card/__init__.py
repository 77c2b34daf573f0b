"""Cards: applications as functions over one method, `transmit`."""
