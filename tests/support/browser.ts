/**
 * A real browser for tests of pages: the Chromium that `@sparticuz/chromium` carries in its npm package, or the one that CHROME_PATH names.
 * The package is made for Linux on x86-64; it brings the shared libraries and the one font that Chromium needs, which a bare host has not.
 * Enters: where `unpackChromium` put it (global setup of the project `browser`). Leaves: a browser, and pages that note what they must not do.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { ROOT } from './files.js';

/** What starts the browser; plain data, since it travels from the global setup to the tests. */
export interface Installed {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const FOLDER = join(ROOT, 'node_modules/.cache/chromium');

/** Unpacks the browser once (2 s, 206 MB below node_modules, gone with the next `npm ci`). Two runs at a time do not see each other's halves. */
export async function unpackChromium(): Promise<Installed> {
  const own = process.env['CHROME_PATH'];
  if (own !== undefined) return { executablePath: own, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'The browser tests bring a browser for Linux on x86-64 only: set CHROME_PATH to a Chrome or Chromium of this machine.',
    );
  if (!existsSync(FOLDER)) {
    await mkdir(dirname(FOLDER), { recursive: true });
    const fresh = await mkdtemp(`${FOLDER}-`);
    await unpackInto(fresh);
    // Whoever comes second finds the folder there, and throws its own away.
    await rename(fresh, FOLDER).catch(() => rm(fresh, { recursive: true }));
  }
  const fonts = join(FOLDER, 'fonts.conf');
  return {
    executablePath: join(FOLDER, 'chromium'),
    env: { LD_LIBRARY_PATH: join(FOLDER, 'al2023/lib'), FONTCONFIG_FILE: fonts },
  };
}

/**
 * The package unpacks into the temporary folder, and the libraries only on what it takes for Amazon's Linux; both are told by the environment,
 * which is why a process of its own does it.
 */
async function unpackInto(folder: string): Promise<void> {
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, env });
  // Without a font Chromium ends itself, and the package's own settings look for one in fixed places.
  const settings = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${FOLDER}/fonts</dir><cachedir>${FOLDER}/fonts-cache</cachedir></fontconfig>`;
  await writeFile(join(folder, 'fonts.conf'), settings);
}

/** No sandbox: as root, and in most containers, there is none. Nothing in the background asks for an address of its own. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic'];

/** Starts it without a window. */
export function startBrowser({ executablePath, env }: Installed): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...env } });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings on the console, errors of scripts, and every request that left the origin. */
  readonly complaints: readonly string[];
}

const DESKTOP = { width: 1280, height: 1000 };

/** Opens an address in a context of its own, and watches the page from its first request on. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const page = await (await browser.newContext({ viewport: DESKTOP, ...options })).newPage();
  const complaints: string[] = [];
  const { origin } = new URL(url);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== 'data:' && asked.origin !== origin) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
