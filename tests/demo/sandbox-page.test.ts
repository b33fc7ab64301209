/** The files of the sandbox page as a browser keeps them, and what is not one of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveSandboxPage } from '../../src/demo/sandbox-page.js';
import { raw, send } from '../support/service.js';

let folder: string;
let server: FastifyInstance;
let url: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plexus-page-'));
  mkdirSync(join(folder, 'page/assets'), { recursive: true });
  writeFileSync(join(folder, 'page/index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'page/assets/index-a.js'), 'void 0;');
  writeFileSync(join(folder, 'secret.js'), 'of nobody');
  server = Fastify();
  serveSandboxPage(server, join(folder, 'page'));
  await server.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test('the page itself is asked for each time, and nothing makes an old one pass for it', async () => {
  const first = await send(`${url}/`);
  expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  expect([first.headers.get('etag'), first.headers.get('last-modified')]).toEqual([null, null]);
  const again = await send(`${url}/`, {
    headers: { 'if-none-match': '*', 'if-modified-since': new Date().toUTCString() },
  });
  expect([again.status, again.text]).toEqual([200, '<!doctype html>']);
});

test('what has its content in its name is kept', async () => {
  const { status, headers } = await send(`${url}/assets/index-a.js`);
  expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
});

test.each(['/assets/..%2f..%2fsecret.js', '/..%5csecret.js', '/%00', '/assets/', '/%E0%A4%A'])(
  '%s is no file of the page',
  async (path) => {
    const { status, text } = await raw(`${url}${path}`, {}, '', 'GET');
    expect([[400, 404].includes(status), text.includes('of nobody')]).toEqual([true, false]);
  },
);
