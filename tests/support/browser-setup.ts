/** Global setup of the project `browser`: the browser is unpacked and the sandbox page is built once, before any test asks for them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { unpackChromium } from './browser.js';
import { ROOT } from './files.js';

export default async function setup(project: TestProject): Promise<void> {
  const [browser] = await Promise.all([unpackChromium(), buildPage()]);
  project.provide('browser', browser);
}

/** In a process of its own: by the environment of a test run another page would be built than the one that is served. */
async function buildPage(): Promise<void> {
  const command = [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, command, {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
