# One image for every service: the label itself (default command) and its Ray workers.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1
WORKDIR /labelmate
COPY Makefile pyproject.toml requirements.lock requirements-build.lock README.md LICENSE ./
COPY scripts/install.py scripts/
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY agents agents
COPY configs configs
COPY deploy deploy
COPY runtime runtime
COPY storage storage
COPY ui ui
RUN make setup

FROM python:3.11-slim
# The libraries of all engines come with their wheels; nothing else is installed.
RUN useradd --create-home --uid 10001 labelmate && install -d -o labelmate /data /assets
COPY --from=build --chown=root:root /labelmate /labelmate
WORKDIR /labelmate
ENV PATH=/labelmate/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LABELMATE_HOME=/data \
    RAY_AUTH_MODE=token
USER labelmate
VOLUME ["/data", "/assets"]
HEALTHCHECK --interval=30s --timeout=20s --start-period=120s --retries=3 CMD ["labelmate", "status", "--check", "--json"]
CMD ["labelmate", "up", "--foreground"]
