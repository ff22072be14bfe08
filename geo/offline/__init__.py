"""What a device takes along: columns packed small, and areas cut so that a place is looked up in a moment."""
