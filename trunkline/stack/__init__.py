"""The local stack: the four engines from wheels, on free loopback ports, with their data under one folder."""
