"""What each command does, blocking, in the worker that owns the device. Nothing here decides what comes next.

Each method is one command's work and returns the one event it ends in; devices' and network's errors become events here, by table.
"""
