"""How the colour came back: curve, models, intervals, verdict."""
