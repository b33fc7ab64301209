#!/usr/bin/env node
/**
 * Starts the service: settings, server, listening; closes it gracefully on SIGTERM and SIGINT.
 * The only file of the service that exits.
 */
import { buildApp } from './app.js';
import { ConfigError, readConfig } from './config.js';
import { withoutMessage } from './http/error-replies.js';
import { KnowledgeError } from './yaml-file.js';

/** Milliseconds that requests under way get to finish. */
const GRACE = 10_000;

/** Runs a step of the start; a mistake of the operator ends it with its sentence. */
function orExit<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof KnowledgeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = orExit(readConfig);
const server = orExit(() => buildApp(config, Date.now));
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

try {
  await server.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: (address) => `Plexus CDS (${config.mode} mode) listens: ${address}/cds-services`,
  });
} catch (error) {
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  process.stderr.write(
    `Cannot listen on HOST ${config.host}, PORT ${config.port} (${reason}): choose a free port of this machine.\n`,
  );
  await close(1);
}
