# The image of web, worker, beat and relay. It is made by the very script `make run` uses.
FROM debian:stable-slim

WORKDIR /app
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 govplatform \
    && useradd --create-home --uid 10001 --gid 10001 govplatform

# Packages first: they change less often than the code.
COPY govplatform/__init__.py govplatform/__init__.py
COPY govplatform/runtime govplatform/runtime
COPY requirements.txt requirements-dev.txt ./
RUN python3 -m govplatform.runtime install image

COPY . .
RUN python3 -m govplatform.runtime install image \
    && mkdir -p var/keys var/media var/state \
    && chown -R 10001:10001 var

ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GOVPLATFORM_VAR_DIR=/app/var
USER 10001:10001
VOLUME ["/app/var"]
EXPOSE 8000
