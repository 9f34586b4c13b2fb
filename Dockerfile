# The image that this builds contains a GPLv3 build of FFmpeg; read NOTICE before you hand it to others.
FROM node:24-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/motion/package.json packages/motion/package.json
COPY packages/client/package.json packages/client/package.json
# Optional packages hold the native binaries, so only the tools of development are left out.
RUN npm ci --omit=dev
COPY LICENSE NOTICE ./
COPY bin bin
COPY src src
COPY packages packages

RUN mkdir /data && chown node:node /data
USER node
# Everything is written below /data; only commands for the operator use /tmp.
ENV HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/understudy.mjs"]
CMD ["serve"]
