"""The commands' declarations: a module each, with its click command as `command`.

They say what a command takes and what its help tells. Completion and `--help` import all of them, so they
import nothing but click and our options; what a command does lies in a module beside this package.
"""
