/**
 * Writes the README's example card and answer anew, from the request that the README itself shows.
 * Run by `npm run readme-example` after the texts of a card have changed; the README's test fails until then.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { buildApp } from '../src/app.js';
import type { Card } from '../src/cds-hooks/response.js';
import { readConfig } from '../src/config.js';
import { answerBlock, cardBlock, exampleRequest } from '../tests/support/readme.js';

const file = new URL('../README.md', import.meta.url);
const readme = readFileSync(file, 'utf8');
const server = buildApp({ ...readConfig({}), logLevel: 'silent' }, Date.now);
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;
const response = await fetch(`http://127.0.0.1:${port}/cds-services/plexus-patient-view`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: exampleRequest(readme),
});
const answer = (await response.json()) as { cards: readonly Card[] };
await server.close();
writeFileSync(
  file,
  readme
    .replace(/<!-- card -->[^]*?<!-- end of card -->/, () => cardBlock(answer))
    .replace(/<!-- answer -->[^]*?<!-- end of answer -->/, () => answerBlock(answer)),
);
