/** What leaves this service towards a FHIR server, and what is made of each way in which one can fail: real sockets, no clock but the deadline. */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBudget, createFhirClient, type Budget, type FhirClient } from '../../src/fhir/client.js';
import { isPrivateAddress } from '../../src/fhir/private-addresses.js';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import { searchsetOf } from '../support/requests.js';

const CONDITION = { resourceType: 'Condition', id: 'c1' };
const QUERY = 'Condition?patient=p1';

let server: FhirServerDouble;
let client: FhirClient;
beforeEach(async () => {
  server = await startFhirServer();
  client = createFhirClient();
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const budgetOf = (milliseconds = 5_000, bytes = 1_000_000): Budget => createBudget(milliseconds, bytes);
const here = () => ({ base: server.base, privateNetwork: true });
const search = (budget = budgetOf()) => client.search(here(), QUERY, budget);

/** A searchset that names a next page. */
const pageTo = (url: string) => ({ ...searchsetOf(CONDITION), link: [{ relation: 'next', url }] });

describe('a search', () => {
  test('asks below the base, for FHIR as JSON, with the token', async () => {
    server.answers = (_, response) => sendJson(response, searchsetOf(CONDITION));
    const { pages, failure } = await client.search({ ...here(), token: 'secret' }, QUERY, budgetOf());
    expect([pages.length, failure]).toEqual([1, undefined]);
    expect(server.asked).toEqual([`GET /fhir/${QUERY}`]);
    expect(server.headers[0]).toMatchObject({ authorization: 'Bearer secret', accept: 'application/fhir+json' });
  });

  test('follows next to the last page, also a relative link, one to the base itself and ones below it', async () => {
    const links = [`${server.base}?page=2`, '?page=3', `${server.base}/`, '/fhir/Condition/page', undefined];
    server.answers = (_, response) => {
      const next = links[server.asked.length - 1];
      sendJson(response, next === undefined ? searchsetOf(CONDITION) : pageTo(next));
    };
    const { pages, failure } = await search();
    expect([pages.length, failure]).toEqual([5, undefined]);
  });

  test.each([
    ['another host', 'http://attacker.example/fhir?page=2'],
    ['another port', 'http://127.0.0.1:1/fhir?page=2'],
    ['another scheme', 'https://127.0.0.1/fhir?page=2'],
    ['credentials', 'http://user:password@127.0.0.1/fhir'],
    ['a file', 'file:///etc/passwd'],
    ['another tenant of the host', '/other/fhir?page=2'],
    ['a base that only begins like this one', '/fhir2?page=2'],
    ['above the base', '../fhir2/Condition?page=2'],
    ['above the base, encoded', '/fhir/%2e%2e/other/Condition?page=2'],
    ['the root of the host', '/?page=2'],
  ])('does not follow next to %s, and keeps what it has', async (_, url) => {
    server.answers = (_request, response) => sendJson(response, pageTo(url));
    const { pages, failure } = await search();
    expect([pages.length, failure, server.asked.length]).toEqual([1, 'refused address', 1]);
  });

  test('ends where next leads back to the same page', async () => {
    server.answers = (_, response) => sendJson(response, pageTo(`${server.base}/${QUERY}`));
    const { pages, failure } = await search();
    expect([pages.length, failure, server.asked.length]).toEqual([1, 'too large', 1]);
  });

  test('ends after ten pages of an endless chain', async () => {
    server.answers = (_, response) => sendJson(response, pageTo(`${server.base}?page=${server.asked.length}`));
    const { pages, failure } = await search();
    expect([pages.length, failure, server.asked.length]).toEqual([10, 'too large', 10]);
  });
});

describe('a server that fails', () => {
  test.each([
    [401, 'unauthorised'],
    [403, 'unauthorised'],
    [404, 'not found'],
    [410, 'not found'],
    [429, 'throttled'],
    [400, 'request refused'],
    [431, 'request refused'],
    [499, 'request refused'],
    [500, 'server error'],
    [503, 'server error'],
    [302, 'redirect'],
    [204, 'server error'],
  ])('%i is "%s"', async (status, failure) => {
    server.answers = (_, response) => {
      response.writeHead(status, { location: `${server.base}/elsewhere` }).end();
    };
    expect(await search()).toEqual({ pages: [], failure });
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    ['HTML', '<html>Log in</html>'],
    ['JSON that is no resource', '{"hello":1}'],
    ['an array', '[]'],
    ['half a resource', '{"resourceType":"Bundle"'],
    ['nothing', ''],
  ])('%s is "not FHIR"', async (_, body) => {
    server.answers = (_request, response) => sendJson(response, body);
    expect(await search()).toEqual({ pages: [], failure: 'not FHIR' });
  });

  test('nobody listens: unreachable', async () => {
    await server.close();
    expect(await search()).toEqual({ pages: [], failure: 'unreachable' });
  });

  test('the connection breaks in the middle of a body: unreachable, and what came is counted', async () => {
    server.answers = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    };
    const budget = budgetOf(5_000, 100);
    expect(await search(budget)).toEqual({ pages: [], failure: 'unreachable' });
    expect([budget.bytes, server.asked.length]).toEqual([99, 1]);
  });

  test.each([
    ['no answer', () => undefined],
    [
      'headers and then silence',
      (response: ServerResponse) => {
        response.writeHead(200).flushHeaders();
      },
    ],
  ])('%s: the deadline', async (_, behave) => {
    server.answers = (_request, response) => behave(response);
    expect(await search(budgetOf(50))).toEqual({ pages: [], failure: 'deadline' });
  });

  test('an endless body is given up when the bytes are used, those of earlier answers counted', async () => {
    const chunk = Buffer.alloc(10_000, ' ');
    let sent = 0;
    server.answers = (_, response) => {
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', pump);
      };
      pump();
    };
    const budget = budgetOf(5_000, 100_000);
    expect(await search(budget)).toEqual({ pages: [], failure: 'too large' });
    expect(budget.bytes).toBeLessThan(0);
    const before = sent;
    expect(await search(budget)).toEqual({ pages: [], failure: 'too large' });
    expect(sent - before).toBeLessThan(10_000_000);
  });
});

describe('what cannot be written as a header is never sent, and costs no connection', () => {
  test.each(['abc\n', 'a\r\nx: y', 'a b', '', '\u0000', 'tok\u00e9n', '\u20ac'])('the token %j', async (token) => {
    server.answers = (_, response) => sendJson(response, searchsetOf(CONDITION));
    const odd = () => client.search({ ...here(), token }, QUERY, budgetOf());
    // More than there are connections to one server.
    const replies = await Promise.all(Array.from({ length: 70 }, odd));
    expect(replies).toEqual(Array(70).fill({ pages: [], failure: 'unauthorised' }));
    expect(server.asked).toEqual([]);
    expect((await client.search({ ...here(), token: 'good' }, QUERY, budgetOf())).pages).toHaveLength(1);
  });
});

describe('the deadline holds before there is a connection', () => {
  test('a name that the resolver is silent about', async () => {
    const waiting = createFhirClient(() => undefined);
    const base = 'https://ehr.example/fhir';
    const { pages, failure } = await waiting.search({ base, privateNetwork: false }, QUERY, budgetOf(50));
    await waiting.close();
    expect([pages, failure]).toEqual([[], 'deadline']);
    // Sooner than connecting is given up.
  }, 3_000);
});

describe('a read without an answer is made once more, at once', () => {
  const found: RequestListener = (_, response) => sendJson(response, searchsetOf(CONDITION));
  const reset: RequestListener = ({ socket }) => socket.resetAndDestroy();
  const says =
    (status: number): RequestListener =>
    (_, response) =>
      response.writeHead(status).end('<html>Bad gateway</html>');
  const silent: RequestListener = () => undefined;
  /** The first requests are met by these in turn, all that follow by the last. */
  const answerBy = (...turns: readonly RequestListener[]): void => {
    server.answers = (request, response) => turns[Math.min(server.asked.length, turns.length) - 1]!(request, response);
  };
  const outcome = async (budget = budgetOf()) => {
    const { pages, failure } = await search(budget);
    return [failure ?? `${pages.length} read`, server.asked.length];
  };

  test.each([
    ['the connection is reset', reset],
    ['the connection is closed', ({ socket }) => socket.end()],
    ['502', says(502)],
    ['504', says(504)],
  ] satisfies [string, RequestListener][])('%s, then an answer: read', async (_, turn) => {
    answerBy(turn, found);
    expect(await outcome()).toEqual(['1 read', 2]);
  });

  test.each([
    ['reset twice', reset, reset],
    ['502 twice', says(502), says(502)],
    ['504, then reset', says(504), reset],
  ] satisfies [string, RequestListener, RequestListener][])('%s: unreachable', async (_, first, second) => {
    answerBy(first, second, found);
    expect(await outcome()).toEqual(['unreachable', 2]);
  });

  test('each time on a connection of its own', async () => {
    const sockets = new Set<Socket>();
    server.answers = (request, response) => {
      sockets.add(request.socket);
      reset(request, response);
    };
    await search();
    expect(sockets.size).toBe(2);
  });

  test('a socket kept from an earlier answer that the server has closed since', async () => {
    const used = new Set<Socket>();
    let stale = 0;
    server.answers = (request, response) => {
      if (used.has(request.socket)) stale += 1;
      (used.has(request.socket) ? reset : found)(request, response);
      used.add(request.socket);
    };
    // The pool says when it uses a socket again.
    while (stale === 0) expect(await search()).toMatchObject({ pages: [{ resourceType: 'Bundle' }] });
  });

  test.each([
    [401, 'unauthorised'],
    [404, 'not found'],
    [429, 'throttled'],
    [500, 'server error'],
    [501, 'server error'],
    [503, 'server error'],
  ])('never after %i, which the server says itself: "%s"', async (status, failure) => {
    answerBy(says(status), found);
    expect(await outcome()).toEqual([failure, 1]);
  });

  test('the second answer stands, whatever it is', async () => {
    answerBy(reset, says(503), found);
    expect(await outcome()).toEqual(['server error', 2]);
  });

  test('of a search each page for itself', async () => {
    const first: RequestListener = (_, response) => sendJson(response, pageTo('?page=2'));
    answerBy(reset, first, reset, found);
    expect(await outcome()).toEqual(['2 read', 4]);
    expect(server.asked.slice(2)).toEqual(['GET /fhir/Condition?page=2', 'GET /fhir/Condition?page=2']);
  });

  test('within the deadline of the whole', async () => {
    answerBy(reset, silent);
    expect(await outcome(budgetOf(50))).toEqual(['deadline', 2]);
  });

  test('not when the deadline is over', async () => {
    answerBy(silent, found);
    expect(await outcome(budgetOf(50))).toEqual(['deadline', 1]);
  });

  test.each([
    [0, 2],
    [-1, 1],
  ])('with %i bytes left: %i requests', async (bytes, requests) => {
    answerBy(reset, reset);
    expect(await outcome(budgetOf(5_000, bytes))).toEqual(['unreachable', requests]);
  });
});

describe('addresses', () => {
  /** Networks of IPv6 by which an address of IPv4 is reached, or which are reserved: just before, first, last, just after. */
  const ENDS = [
    ['64:ff9b:0:ffff:ffff:ffff:ffff:ffff', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', '64:ff9b:2::'],
    ['2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff', '2001:1::'],
    ['2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2003::'],
    ['1::', '::2', '::ffff:ffff', '::1:0:0'],
    ['::fffe:ffff:ffff:ffff', '::ffff:0:0:0', '::ffff:0:ffff:ffff', '::ffff:1:0:0'],
  ] as const;

  test.each<[string, boolean]>([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['172.15.255.255', false],
    ['172.16.0.0', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['192.168.1.1', true],
    ['169.254.169.254', true],
    ['100.64.0.1', true],
    ['0.0.0.0', true],
    ['8.8.8.8', false],
    ['::1', true],
    ['::', true],
    ['fd00::1', true],
    ['fe80::1', true],
    ['::ffff:10.0.0.1', true],
    ['::ffff:8.8.8.8', false],
    ['2001:4860:4860::8888', false],
    // Site-local stands between link-local and multicast.
    ['fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff', false],
    ['fec0::', true],
    ['feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', true],
    ...ENDS.flatMap(([before, first, last, after]): [string, boolean][] => [
      [before, false],
      [first, true],
      [last, true],
      [after, false],
    ]),
  ])('%s is private: %s', (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate);
  });

  const named = () => ({ base: server.base.replace('127.0.0.1', 'ehr.example'), privateNetwork: false });
  const resolving = (...addresses: readonly string[]) =>
    createFhirClient((_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      ),
    );

  test('a name that resolves to a private address is not connected to', async () => {
    const guarded = resolving('127.0.0.1');
    expect(await guarded.search(named(), QUERY, budgetOf())).toEqual({ pages: [], failure: 'refused address' });
    await guarded.close();
    expect(server.asked).toEqual([]);
  });

  test('a refused address is resolved once, a name that cannot be resolved twice', async () => {
    let resolved = 0;
    const lookups = async (error: Error | null): Promise<number> => {
      resolved = 0;
      const guarded = createFhirClient((_hostname, _options, callback) => {
        resolved += 1;
        callback(error, [{ address: '127.0.0.1', family: 4 }]);
      });
      await guarded.search(named(), QUERY, budgetOf());
      await guarded.close();
      return resolved;
    };
    expect(await lookups(null)).toBe(1);
    expect(await lookups(new Error('the resolver is away'))).toBe(2);
  });

  test('one private address among public ones is enough', async () => {
    const guarded = resolving('93.184.216.34', '127.0.0.1');
    expect(await guarded.search(named(), QUERY, budgetOf())).toEqual({ pages: [], failure: 'refused address' });
    await guarded.close();
  });
});
