"""The evidence package: what a case rests on and what it comes to, in one file that anybody can check."""
