"""The watching half: sees a loop while it runs. Needs torch, never libcst."""
