/**
 * The sandbox page as files: what `vite build` made of `src/sandbox`, served at the root of the service in demo mode.
 * The policy lets the page load nothing from elsewhere and ask nobody but this service.
 */
import { existsSync } from 'node:fs';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from '../http/methods.js';
import { onlyDescribe } from '../http/openapi/schemas.js';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // The empty icon of the page is a data address.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the page; nothing where it was not built, so that the service can be tried without it. */
export function serveSandboxPage(server: FastifyInstance, folder: string): void {
  if (!existsSync(folder)) return;
  void server.register(async (scope) => {
    onlyDescribe(scope);
    await scope.register(files, {
      root: folder,
      // A route for each file: an address that is none of them gets the answer of every unknown address.
      wildcard: false,
      decorateReply: false,
      cacheControl: false,
      // Made of size and time, which two versions unpacked from archives can share: the page would ask for the files of the old one.
      etag: false,
      lastModified: false,
      setHeaders: (reply, path) => {
        const named = path.includes('/assets/');
        void reply.header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
        void reply.header('content-security-policy', POLICY);
        void reply.header('referrer-policy', 'no-referrer');
      },
    });
    refuseOtherMethods(scope, '/', 'GET');
  });
}
