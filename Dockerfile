# docker build --tag segkoch-lint .
# docker run --rm --volume "$PWD:/data:ro" segkoch-lint check fixtures/

FROM python:3.13-slim AS build
# parquet, cloud, duckdb, html; separated by commas
ARG EXTRAS=""
COPY . /source
RUN python -m venv --without-pip /opt/segkoch-lint \
    && pip --disable-pip-version-check --python /opt/segkoch-lint/bin/python \
        install --no-cache-dir "/source${EXTRAS:+[$EXTRAS]}"

FROM python:3.13-slim
COPY --from=build /opt/segkoch-lint /opt/segkoch-lint
ENV PATH="/opt/segkoch-lint/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
# Not root, and no user of the host.
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["segkoch-lint"]
CMD ["--help"]
