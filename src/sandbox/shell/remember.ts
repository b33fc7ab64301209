/** What a visitor chose before, in this browser; a browser that keeps nothing forgets it, and the page works all the same. */

/** The value of a name, null where nothing was kept. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`plexus-${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`plexus-${name}`, value);
  } catch {
    // Nothing is kept then.
  }
}
