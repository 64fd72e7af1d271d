"""What leaves the house: the tables of a case, everything about one address, exports, freeze lists."""
