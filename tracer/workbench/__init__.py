"""The workbench: the page of a case served on loopback, with actions."""
