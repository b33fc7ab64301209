/** SECRET_FILE: what is taken, and with which sentence anything else stops the start. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config.js';
import { loadKeys } from '../../src/load-secret.js';

const folder = mkdtempSync(join(tmpdir(), 'plexus-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string, mode = 0o600): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');
const CURE = 'set it to the path of a file that holds at least 32 random bytes in Base64';

describe('a secret', () => {
  test('of 32 bytes gives one key per purpose, the same at each start', () => {
    const { pseudonym, chain } = loadKeys(fileOf(base64(32)));
    expect([pseudonym.length, chain.length]).toEqual([32, 32]);
    expect(pseudonym.equals(chain)).toBe(false);
    expect(loadKeys(fileOf(base64(32)))).toEqual({ pseudonym, chain });
    expect(loadKeys(fileOf(base64(33))).chain.equals(chain)).toBe(false);
  });

  test('may be broken into lines, and be readable by others as container engines mount it', () => {
    const lines = `${base64(96).replaceAll(/(.{64})/g, '$1\n')}\n`;
    expect(loadKeys(fileOf(lines, 0o444))).toEqual(loadKeys(fileOf(base64(96))));
  });

  test('is made at the start where no file is named, another each time', () => {
    expect(loadKeys(undefined).chain.equals(loadKeys(undefined).chain)).toBe(false);
  });

  test('of as many characters as a file may have is read', () => {
    expect(loadKeys(fileOf(base64(3072))).chain).toHaveLength(32);
  });

  test.each([
    ['of 31 bytes', () => fileOf(base64(31)), 'holds no 32 bytes in Base64'],
    ['that is empty', () => fileOf(''), 'holds no 32 bytes in Base64'],
    ['that is no Base64', () => fileOf(`${base64(32)}!`), 'holds no 32 bytes in Base64'],
    ['that is one byte too large', () => fileOf(`${base64(3072)}\n`), 'is larger than 4096 bytes'],
    ['that everybody may write', () => fileOf(base64(32), 0o602), 'may be written by everybody'],
    ['that is not there', () => join(folder, 'nowhere'), 'cannot be read'],
    ['that is a folder', () => folder, 'is no file'],
  ])('%s is refused with the cure', (_what, path, reason) => {
    const load = () => loadKeys(path());
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`SECRET_FILE ${reason}`);
    expect(load).toThrow(CURE);
  });
});
