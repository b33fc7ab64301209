# syntax=docker/dockerfile:1
# A tag moves; a release is built on a digest that was looked up when it is made:
#   docker buildx imagetools inspect node:24-bookworm-slim
#   docker build --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:<digest> .
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json vite.config.ts ./
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE}
# PLEXUS_MODE is for whoever starts the container: without it the service does not listen beyond the machine.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080
WORKDIR /app
COPY package.json package-lock.json ./
# The folder of the audit stream (AUDIT_DIR) is the only one that is written to: a new volume takes its owner from here.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force && rm -rf /root/.npm \
  && install -d -o node -g node -m 0700 /var/lib/plexus/audit
COPY rules ./rules
COPY fhir-profiles ./fhir-profiles
COPY LICENSE NOTICE ./
COPY --from=build /app/dist ./dist
# Files stay root's: the service cannot change its own code or its medical knowledge.
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node itself, not npm: signals reach the service, and there is no compiler here for npm start to call.
CMD ["node", "--enable-source-maps", "dist/main.js"]
