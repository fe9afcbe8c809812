"""Where pictures come from: the only place that knows codecs, containers and clocks."""
