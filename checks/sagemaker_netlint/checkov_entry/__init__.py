"""The folder that Checkov is pointed at: it holds one file beside this one."""
