/** The command that the page copies, in a real shell: a body can hold anything, and none of it may be read by the shell. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { asCurl } from '../../src/sandbox/ehr/exchange.js';

it('curl gets the body to the letter, whatever it holds', () => {
  const sent = JSON.stringify({ text: '$(touch x) `id` \'quoted\' "$HOME" \\ END_OF_REQUEST\n§' }, null, 2);
  const command = asCurl({ url: 'http://127.0.0.1:8080/cds-services/plexus-patient-view', sent });
  // In the place of curl stands what prints its arguments and its input.
  const printed = execFileSync('sh', ['-c', `curl() { printf '%s|' "$@"; cat; }\n${command}`], { encoding: 'utf8' });
  expect(printed).toBe(
    `-s|http://127.0.0.1:8080/cds-services/plexus-patient-view|-H|content-type: application/json|--data-binary|@-|${sent}\n`,
  );
});
