# A devnet: docker build -t taonet . && docker run --rm -p 9944:9944 taonet
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE taonet_client.py ./
COPY chain chain
COPY genesis genesis
COPY node node
COPY runtime runtime
RUN python -m node.explorer.vendor
RUN python -m venv /opt/taonet && /opt/taonet/bin/python -m pip install --no-cache-dir ".[client]"

FROM python:3.12-slim
COPY --from=build /opt/taonet /opt/taonet
RUN useradd --create-home --uid 10001 taonet && install --directory --owner=taonet /data
# `taonet run` keeps its chain in the volume
ENV PATH=/opt/taonet/bin:$PATH XDG_DATA_HOME=/data
VOLUME /data
USER taonet
EXPOSE 9944
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9944/health', timeout=4)"]
ENTRYPOINT ["taonet"]
# methods that change the node answer within the container only, whatever the flags say
CMD ["dev", "--rpc-external", "--rpc-methods", "unsafe"]
