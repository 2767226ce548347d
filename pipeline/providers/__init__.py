"""Families of providers under the ports. A family's libraries load when it is chosen."""
