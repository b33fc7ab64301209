/** The README is true: its tables are held against the code, its example against a real answer (`npm run readme-example` writes it anew). */
import { readFileSync } from 'node:fs';
import type { Patient } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Card } from '../src/cds-hooks/response.js';
import { SERVICES } from '../src/cds-hooks/services.js';
import { readConfig } from '../src/config.js';
import { SETTINGS } from '../src/settings.js';
import { ERRORS } from '../src/errors.js';
import { answerBlock, cardBlock, exampleRequest } from './support/readme.js';
import { CONVERSATION } from './support/public-sandbox.js';
import { post, send, startService } from './support/service.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const packageJson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** First cells of the table rows below a heading. */
function cellsBelow(heading: string, cell = 1): readonly string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => /^\| `?[^-]/.test(line));
  return rows.slice(1).map((row) => (row.split('|')[cell] ?? '').trim().replaceAll('`', ''));
}

/** The screens of the public sandbox that the README links to, with the hook of each. */
const HOOK_OF_SCREEN: Readonly<Record<string, string>> = {
  'patient-view': 'patient-view',
  'rx-view': 'order-select',
  pama: 'order-select',
};
const PLAYED = CONVERSATION.steps.map((step) => step.patient);

/** Links to the public sandbox, each with the example patient that its row names. */
function sandboxLinks() {
  return [...readme.matchAll(/\((https:\/\/sandbox\.cds-hooks\.org\/\?[^)]*)\) \| `([^`]+)`/g)].map(
    ([, link = '', patient]) => ({ patient, parameters: Object.fromEntries(new URL(link).searchParams) }),
  );
}

describe('the README says what is so', () => {
  it('lists every setting with its default', () => {
    expect(cellsBelow('Settings')).toEqual(Object.keys(SETTINGS));
    const defaults = Object.values(SETTINGS).map(({ schema }) =>
      'default' in schema ? String(schema.default) : undefined,
    );
    const written = cellsBelow('Settings', 2);
    defaults.forEach((value, index) => {
      if (value !== undefined) expect(written[index]).toBe(value);
    });
  });

  it('lists every error with its status, issue code and sentence', () => {
    const rows = Object.values(ERRORS).map(({ status, issue, ...error }) =>
      `${status} ${issue} ${'text' in error ? error.text : ''}`.trim(),
    );
    const written = cellsBelow('Errors').map((status, index) =>
      `${status} ${cellsBelow('Errors', 2)[index]} ${cellsBelow('Errors', 3)[index]}`.trim(),
    );
    expect(written).toEqual([...new Set(rows)]);
  });

  it('gives a reason for every dependency', () => {
    expect([...cellsBelow('Dependencies and why')].sort()).toEqual(Object.keys(packageJson.dependencies).sort());
    for (const name of Object.keys(packageJson.devDependencies)) expect(readme).toContain(`\`${name}\``);
  });

  it('names every service with its hook', () => {
    for (const { id, hook } of SERVICES) expect(readme).toMatch(new RegExp(`\\| \`${id}\` \\| ${hook} \\|`));
  });

  it('shows a card and an answer as the service gives them to its own curl example', async () => {
    const service = await startService();
    const answer = await post(`${service.url}/cds-services/plexus-patient-view`, exampleRequest(readme));
    await service.close();
    const { cards } = answer.json as { cards: readonly Card[] };
    expect(readme).toContain(cardBlock({ cards }));
    expect(readme).toContain(answerBlock({ cards }));
  });

  it('links the public sandbox to this service and to example patients whose conversation is played', async () => {
    const { host, port } = readConfig({});
    const links = sandboxLinks();
    const service = await startService();
    for (const { patient, parameters } of links) {
      const { fhirServiceUrl = '', serviceDiscoveryURL = '', patientId = '', hook, screen, ...more } = parameters;
      expect(more).toEqual({});
      expect(HOOK_OF_SCREEN[screen!]).toBe(hook);
      expect(PLAYED).toContain(patient);
      expect([new URL(fhirServiceUrl).host, new URL(serviceDiscoveryURL).host]).toEqual([
        `${host}:${port}`,
        `${host}:${port}`,
      ]);
      const here = (url: string) => service.url + new URL(url).pathname;
      const found = await send(`${here(fhirServiceUrl)}/Patient/${patientId}`);
      expect((found.json as Patient).name![0]!.family).toBe(patient);
      expect((await send(here(serviceDiscoveryURL))).json).toHaveProperty('services');
    }
    await service.close();
    expect(links.map(({ parameters }) => parameters['screen'])).toEqual(Object.keys(HOOK_OF_SCREEN));
  });
});
