/** Global setup of the project `browser`: the browser is unpacked once, before any test asks for it. */
import type { TestProject } from 'vitest/node';
import { unpackChromium } from './browser.js';

export default async function setup(project: TestProject): Promise<void> {
  project.provide('browser', await unpackChromium());
}
