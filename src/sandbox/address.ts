/**
 * What the page shows as the part of its address behind `#`, so that a view can be kept and sent: patient, day, hook and language.
 * Only names of example patients stand in it; what a visitor pastes never does.
 */
import type { Language } from '../cds-hooks/request.js';

export interface View {
  readonly patient?: string;
  readonly day?: number;
  readonly language?: Language;
}

/** Reads `#/na-acute?day=14&language=en`; what cannot be read is left out. */
export function readAddress(hash: string, languages: readonly Language[]): View {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const given = new URLSearchParams(query);
  const day = given.get('day');
  const language = languages.find((one) => one === given.get('language'));
  return {
    ...(path !== '' && { patient: path }),
    ...(day !== null && /^-?\d{1,4}$/.test(day) && { day: Number(day) }),
    ...(language && { language }),
  };
}

/** The reverse. */
export function writeAddress({ patient = '', day, language }: View): string {
  const query = new URLSearchParams();
  if (day !== undefined) query.set('day', String(day));
  if (language) query.set('language', language);
  return `#/${patient}${query.size > 0 ? `?${query.toString()}` : ''}`;
}
