/** The demo EHR keeps what it is given, up to its own bounds; between batches the fuzzer takes away what it has put there. */
import type { Bundle } from 'fhir/r4.js';
import { DEMO_FHIR } from '../src/demo/fhir-api.js';
import { RESOURCE_TYPES } from '../src/demo/fhir-types.js';

/** Remembers what is there now; returns a function that takes back everything since. */
export async function tidyDemoEhr(url: string): Promise<() => Promise<void>> {
  const seeded = new Set(await addresses(url));
  return async () => {
    for (const path of await addresses(url)) if (!seeded.has(path)) await fetch(url + path, { method: 'DELETE' });
    const index = (await (await fetch(`${url}/sandbox/index`)).json()) as {
      readonly patients: readonly { readonly id: string }[];
    };
    for (const { id } of index.patients) await fetch(`${url}/sandbox/patients/${id}/reset`, { method: 'POST' });
  };
}

/** The path of every resource. */
async function addresses(url: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const type of RESOURCE_TYPES.keys()) {
    for (let offset = 0, total = 1; offset < total; offset += 100) {
      const answer = await fetch(`${url}${DEMO_FHIR}/${type}?_count=100&_offset=${offset}`);
      const page = (await answer.json()) as Bundle;
      total = page.total ?? 0;
      for (const { resource } of page.entry ?? []) found.push(`${DEMO_FHIR}/${type}/${resource?.id ?? ''}`);
    }
  }
  return found;
}
