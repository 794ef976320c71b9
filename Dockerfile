# One file for the three services: docker build --build-arg APP=executor .
# APP is client, executor or exporter.

FROM node:24-slim AS base
ENV NX_DAEMON=false NX_TUI=false NX_NO_CLOUD=true
WORKDIR /app

# Only what npm reads: the layers with packages below stay cached until one of these files changes.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM base AS build
COPY --from=manifests /app ./
RUN npm ci
COPY . .
ARG APP=client
RUN npx nx run @distrace/${APP}:build

# What runs needs neither compilers nor tests, and not the `node` package: the image has Node.
FROM base AS packages
COPY --from=manifests /app ./
ARG APP=client
RUN npm ci --omit=dev --workspace=@distrace/${APP}

FROM node:24-slim
ARG APP=client
ENV NODE_ENV=production APP=${APP} HOST=0.0.0.0 PORT=3000 DISTRACE_DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /app/libs/zipkin/dist libs/zipkin/dist
COPY --from=build /app/libs/tracing/dist libs/tracing/dist
COPY --from=build /app/libs/messaging/dist libs/messaging/dist
COPY --from=build /app/libs/nest-server/dist libs/nest-server/dist
COPY --from=build /app/libs/zpages/dist libs/zpages/dist
COPY --from=build /app/libs/zpages/assets libs/zpages/assets
COPY --from=build /app/apps/${APP} apps/${APP}
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# 200 while the service receives messages, 503 while it has no broker.
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# exec: node itself gets SIGTERM and ends in order.
CMD ["sh", "-c", "exec node --disable-warning=ExperimentalWarning apps/${APP}/dist/main.js"]
