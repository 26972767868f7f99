"""The door for people and websites."""

from web.app import create_app as create_app
