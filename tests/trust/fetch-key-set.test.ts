/** The way out to the key sets: that its patience ends wherever the other side is silent. */
import { expect, test } from 'vitest';
import { createKeySetFetcher } from '../../src/trust/fetch-key-set.js';

test('a name that the resolver is silent about is waited for as long as for any other silence', async () => {
  const { fetch, close } = createKeySetFetcher(() => undefined, 50);
  await expect(fetch('https://ehr.example/keys', false)).rejects.toThrow('aborted');
  await close();
});
