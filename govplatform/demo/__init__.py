"""The demo: cases of the last 90 days, made through the real actions on the shifted clock. Nobody in it exists."""
