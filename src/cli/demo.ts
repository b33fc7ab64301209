/**
 * `npm run demo [-- NAME [--en]]`: sends the hook of an example patient to the service and prints the cards as a GP would read them.
 * Starts the service on a free port of this machine, asks it over HTTP, and stops it. Without a name: lists the patients.
 */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../app.js';
import type { Card } from '../cds-hooks/response.js';
import { readConfig } from '../config.js';
import { loadExamples } from '../demo/examples.js';

const [name, ...flags] = process.argv.slice(2);
const config = { ...readConfig(), logLevel: 'silent' as const };
const folder = fileURLToPath(new URL('../../fhir-profiles/examples', import.meta.url));
const examples = loadExamples(folder, { now: Date.now(), zone: config.timeZone });
const example = examples.find(({ id }) => id === name);

if (!example) {
  const names = examples.map(({ id, title }) => `  ${id.padEnd(28)} ${title}`);
  console.log(['Example patients (npm run demo -- NAME, with --en for English):', ...names].join('\n'));
  process.exit(name === undefined ? 0 : 1);
}

const server = buildApp(config, Date.now);
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;
const preferences = {
  language: flags.includes('--en') ? 'en' : 'nl',
  ...(example.jurisdiction !== undefined && { jurisdiction: example.jurisdiction }),
};
const response = await fetch(`http://127.0.0.1:${port}/cds-services/${example.service}`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ ...example.request, extension: { 'example.plexus-cds.request': preferences } }),
});
const { cards } = (await response.json()) as { cards: readonly Card[] };
await server.close();
console.log(`${example.title}\n${example.story}\nPOST /cds-services/${example.service} -> ${response.status}\n`);
console.log(cards.length === 0 ? 'No card: nothing to say is an answer too.' : cards.map(cardText).join('\n\n'));

function cardText(card: Card): string {
  const lines = card.detail.split('\n').map((line) => `| ${line}`.trimEnd());
  const { statements } = card.extension['example.plexus-cds.card'];
  return [
    `[${card.indicator.toUpperCase()}] ${card.summary}`,
    ...lines,
    `| ${card.source.label} (${statements.join(', ')})`,
    ...(card.suggestions ?? []).map(
      ({ label, actions }) => `> ${label} [${actions.map(({ type }) => type).join(', ')}]`,
    ),
  ].join('\n');
}
