/** A day of the course in words. */
import type { Language } from '../../cds-hooks/request.js';
import { dateText } from '../date-text.js';
import { dateOfDay } from '../days.js';
import { weekOf, type Tick } from './time-scale.js';

const WORDS = {
  nl: { day: 'Dag', week: 'week', month: 'maand', before: 'vóór het begin' },
  en: { day: 'Day', week: 'week', month: 'month', before: 'before the onset' },
  fr: { day: 'Jour', week: 'semaine', month: 'mois', before: 'avant le début' },
} as const;

/** "Day 14, week 3, 3 December 2026"; `short` for small screens: "Day 14 · week 3 · 3 Dec 2026". */
export function dayText(
  start: string,
  day: number,
  language: Language,
  form: 'long' | 'flag' | 'short' = 'long',
): string {
  const { day: word, week, before } = WORDS[language];
  const inWeek = weekOf(day);
  const parts = [
    `${word} ${day}`,
    inWeek === undefined ? before : `${week} ${inWeek}`,
    dateText(dateOfDay(start, day), language, form === 'short' ? 'short' : 'long'),
  ];
  return parts.join(form === 'long' ? ', ' : ' · ');
}

/** "week 1", "month 4". */
export function tickText({ unit, number }: Tick, language: Language): string {
  return `${WORDS[language][unit]} ${number}`;
}
