"""What the sections of SubtensorModule share: types, errors, events, parameters."""
