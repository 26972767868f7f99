"""The application for a WSGI server of one's own choice: `gunicorn wsgi:app`. Reads the environment."""

from listings import logs
from listings.db import Database
from listings.settings import Settings
from web.app import create_app

settings = Settings.from_env()
logs.configure(settings.log_level)
app = create_app(settings, Database(settings.database, pool_size=settings.web_threads))
