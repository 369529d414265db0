"""Terraform: root modules in HCL, and plans in JSON."""
