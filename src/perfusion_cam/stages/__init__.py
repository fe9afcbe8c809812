"""The measurement, one stage a file: no files, no clock, no drawing."""
