/** Base URLs as people and clients write them: which are one, which name this machine, and the same one whether a slash stands at its end or not. */

/** True for an http(s) address as it is written out: `URL` forgives one slash, white space and the like, but an address is also compared letter for letter. */
export const isHttpAddress = (text: string): boolean =>
  /^https?:\/\/[^/]/i.test(text) && !/[\\\s\p{Cc}]/u.test(text) && URL.canParse(text);

/** True for an http(s) address without user, query or fragment. */
export function isBaseUrl(text: string): boolean {
  if (!isHttpAddress(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '' && !/[?#]/.test(text);
}

/** The address without slashes at its end. Counted, not matched: a pattern takes hours for a million slashes that end in something else. */
export function withoutSlash(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}

/** True for a host, as `URL` gives it or without brackets, that is this machine: what is sent there passes no network. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
