# syntax=docker/dockerfile:1
# The connector as a container: docs/container.md. Names no registry, so that it builds where images come from a mirror.
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
RUN python -m venv /opt/connector
ENV PATH=/opt/connector/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.txt ./
RUN pip install --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md ./
COPY adapters adapters
COPY bindings bindings
COPY connector connector
# What only an installation needs stays out of the image.
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools pip

FROM ${PYTHON}
# A fixed number instead of a name: hosts and Kubernetes can see that it is not root, and volumes can be given to it.
ARG UID=10001
RUN install -d -o ${UID} -g ${UID} -m 0700 /var/lib/connector
COPY --from=build /opt/connector /opt/connector
# Beside each other, as in the repository: settings name mappings and operating models from their own folder.
COPY config /app/config
COPY mappings /app/mappings
# Within a container the loopback address can be reached by nobody; this is also where the health check asks.
ENV PATH=/opt/connector/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 CONNECTOR_DAEMON__LISTEN=0.0.0.0:9464
WORKDIR /app
VOLUME /var/lib/connector
EXPOSE 9464
USER ${UID}:${UID}
# http.client and not urllib.request: a proxy named in the environment must not be asked how this process is.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "\
import http.client, os, sys; \
asked = http.client.HTTPConnection(os.environ['CONNECTOR_DAEMON__LISTEN'], timeout=4); \
asked.request('GET', '/healthz'); \
answer = asked.getresponse(); \
print(answer.read().decode()); \
sys.exit(answer.status != 200)"]
ENTRYPOINT ["connector"]
CMD ["run"]
