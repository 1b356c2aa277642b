"""Pure numbers: arrays in, arrays and small frozen values out; no files, no sentences."""
