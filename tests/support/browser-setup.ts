/** Global setup of the project `browser`: the browser is unpacked and the sandbox page is built once, before any test asks for them. */
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { unpackChromium } from './browser.js';
import { ROOT } from './files.js';

export default async function setup(project: TestProject): Promise<void> {
  const [browser] = await Promise.all([
    unpackChromium(),
    build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error' }),
  ]);
  project.provide('browser', browser);
}
