"""Cards: APDUs and applications as functions over one method, `transmit`; pyscard lives in `pcsc` alone."""
