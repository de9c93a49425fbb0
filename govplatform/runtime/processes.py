"""The processes of the platform, as data. ``make run``, the container file and the tests read the same lines.

Programs are named as they are called inside the virtual environment; addresses come from the environment:
the web process listens where ``GUNICORN_CMD_ARGS`` says (``make run`` hands it an open socket), everything finds
its servers in ``DATABASE_URL`` and ``REDIS_URL``.
"""

from dataclasses import dataclass

QUEUES = ("route", "notify", "import", "geo", "document")
CELERY = ("celery", "-A", "govplatform.celery:app")


@dataclass(frozen=True)
class Process:
    """One long-running process: its name, its command line, how many seconds it may take to stop, and whether it is
    given the listening socket."""

    name: str
    argv: tuple[str, ...]
    stop_seconds: float
    listens: bool = False


PROCESSES = (
    Process(
        "web",
        (
            "gunicorn",
            "govplatform.wsgi:application",
            "--worker-class=gthread",
            "--workers=2",
            "--threads=4",
            "--preload",  # the code is loaded, and compiled on the first run, once instead of per worker
            "--keep-alive=30",
            "--timeout=60",
            "--graceful-timeout=10",
            "--no-control-socket",  # gunicorn would open one in the home directory
        ),
        stop_seconds=15,
        listens=True,
    ),
    Process(
        "worker",
        (
            *CELERY,
            "worker",
            f"--queues={','.join(QUEUES)}",
            "--concurrency=2",
            "--loglevel=INFO",
            "--without-gossip",
            "--without-mingle",
        ),
        stop_seconds=25,  # a little over worker_soft_shutdown_timeout
    ),
    Process(
        "beat", (*CELERY, "beat", "--schedule=var/state/beat", "--pidfile=", "--loglevel=WARNING"), stop_seconds=10
    ),
    Process("relay", ("python", "manage.py", "relay"), stop_seconds=15),
)

MIGRATE = ("python", "manage.py", "migrate", "--noinput")
LOAD_CITY = ("python", "manage.py", "load_city")
SEED_FIRST = ("python", "manage.py", "seed_demo", "--first", "40")
SEED_REST = ("python", "manage.py", "seed_demo", "--rest")
COLLECT_STATIC = ("python", "manage.py", "collectstatic", "--noinput")  # make run serves them where they lie
SETUP = (MIGRATE, LOAD_CITY, COLLECT_STATIC)
