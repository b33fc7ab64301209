/**
 * Headers that every answer carries, whatever answers it: those of OWASP's REST Security Cheat Sheet for an API, and no more.
 * Pages write a policy of their own over the one here. Few lines in the place of a package whose defaults are made for pages.
 */

/** Seconds: a year. Without includeSubDomains: other hosts of the same name are not ours to speak for. */
const HTTPS_ONLY = 'max-age=31536000';

/** The headers by name; `publicUrl` is the base URL as clients call it, and over plain HTTP nothing may promise HTTPS. */
export function securityHeaders(publicUrl: string | undefined): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    // Holds for what a page embeds; calls by CORS are judged by the list of origins.
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(publicUrl?.startsWith('https:') === true && { 'strict-transport-security': HTTPS_ONLY }),
  };
}
