"""The application for a WSGI server of one's own choice: `gunicorn wsgi:app`. Reads the environment.

Importing it raises BadSettings without a key and NotReady on a database that isn't up to date.
"""

from listings import logs, migrate
from listings.db import Database
from listings.settings import Settings
from web.app import create_app

settings = Settings.from_env()
logs.configure(settings.log_level)
database = Database(settings.database, pool_size=settings.web_threads)
migrate.check(database)
app = create_app(settings, database)
