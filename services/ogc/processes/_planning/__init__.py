"""What analyses of facilities and demand share: how both are given, the times between, what all rests on."""
