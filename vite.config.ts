/** Builds the sandbox page into `dist/sandbox`, from where the service serves it in demo mode. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('src/sandbox', import.meta.url)),
  // The page may stand below a path of a proxy.
  base: './',
  build: {
    outDir: fileURLToPath(new URL('dist/sandbox', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // What a style sheet or script would carry inside it, the policy of the page refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What others wrote travels with their notices.
    license: { fileName: 'licences.md' },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
