"""An origin with django-mtls-auth behind gunicorn: the user is the common name of the subject in RFC 2253."""

import os
import tempfile

from django.conf import settings

settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(tempfile.mkdtemp(dir=os.environ["HOME"]), "users")}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mtls_auth"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "mtls_auth.middleware.MTLSAuthenticationMiddleware",
    ],
    MTLS_AUTH_AUTOCREATE_USER=True,
)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import re_path  # noqa: E402

call_command("migrate", verbosity=0)


def who(request):
    return JsonResponse({"identity": request.user.username if request.user.is_authenticated else None})


urlpatterns = [re_path("", who)]
application = get_wsgi_application()
