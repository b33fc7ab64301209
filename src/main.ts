/**
 * Starts the service: settings, server, listening; closes it gracefully on SIGTERM and SIGINT.
 * The only file of the service that exits.
 */
import { buildApp } from './app.js';
import { ConfigError, readConfig } from './config.js';
import type { Config } from './config.js';
import { withoutMessage } from './http/error-replies.js';

/** Milliseconds that requests under way get to finish. */
const GRACE = 10_000;

function settings(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = settings();
const server = buildApp(config, Date.now);
let isClosing = false;

/** Lets requests under way finish, then exits; a second call changes nothing. */
async function close(exitCode: number): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  setTimeout(() => process.exit(exitCode || 1), GRACE).unref();
  await server.close();
  process.exit(exitCode);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close(0));
for (const failure of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(failure, (thrown: unknown) => {
    server.log.fatal({ error: withoutMessage(thrown) }, failure);
    void close(1);
  });
}

await server.listen({
  host: config.host,
  port: config.port,
  listenTextResolver: (address) => `Plexus CDS (${config.mode} mode) listens: ${address}/cds-services`,
});
