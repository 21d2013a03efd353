"""Runnable training loops for the watcher: legal ones, on which it must stay silent, and broken ones with marks."""
