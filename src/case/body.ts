/**
 * Body sites and sides, as concept keys: which half of the body, which region, and whether two places can be the same complaint.
 * Pure tables and questions; codes are translated before they get here.
 */
import type { Half, Region, Side } from './case.js';

const UPPER_SITES = [
  'site-neck',
  'site-shoulder',
  'site-scapula',
  'site-arm',
  'site-upper-arm',
  'site-forearm',
  'site-hand',
];
const LOWER_SITES = [
  'site-back',
  'site-low-back',
  'site-thoracic-spine',
  'site-buttock',
  'site-thigh',
  'site-knee',
  'site-leg',
  'site-lower-leg',
  'site-foot',
];
const LOWER_MUSCLES = ['muscle-quadriceps', 'muscle-tibialis-anterior', 'muscle-gastrocnemius'];
const TRUNK_MUSCLES = ['muscle-abdominal-wall'];

/** Distal to the shoulder: arm pain (AMB-25). */
export const ARM_SITES: readonly string[] = ['site-arm', 'site-upper-arm', 'site-forearm', 'site-hand'];
/** Below the knee, or the leg without more: leg pain, so that the safety questions are asked (AMB-24). */
export const BELOW_KNEE_SITES: readonly string[] = ['site-leg', 'site-lower-leg', 'site-foot'];

/** Sites whose pain scores belong to a region besides the complaint's own sites (AMB-02, AMB-07). */
export const SCORE_SITES: Readonly<Record<Region, readonly string[]>> = {
  arm: ['site-neck', 'site-shoulder', 'site-scapula', ...ARM_SITES],
  neck: ['site-neck', 'site-shoulder', 'site-scapula'],
  back: ['site-back', 'site-low-back', 'site-buttock'],
  leg: ['site-buttock', 'site-thigh', ...BELOW_KNEE_SITES],
};

/** The half of the body of a site, muscle or movement; undefined for face, abdominal wall and unknown keys. */
export function halfOf(site: string): Half | undefined {
  if (UPPER_SITES.includes(site)) return 'upper';
  if (LOWER_SITES.includes(site) || LOWER_MUSCLES.includes(site)) return 'lower';
  if (TRUNK_MUSCLES.includes(site)) return undefined;
  return site.startsWith('muscle-') || site.startsWith('movement-') ? 'upper' : undefined;
}

/** True for a muscle or movement key. */
export function isMuscle(site: string): boolean {
  return site.startsWith('muscle-') || site.startsWith('movement-');
}

/** The side that a list of concept keys names; left and right together are bilateral. */
export function sideOf(concepts: readonly string[]): Side | undefined {
  const left = concepts.includes('side-left');
  const right = concepts.includes('side-right');
  if (concepts.includes('side-bilateral') || (left && right)) return 'bilateral';
  if (left) return 'left';
  return right ? 'right' : undefined;
}

/** False only when both sides are known and exclude each other. */
export function sidesAgree(one: Side | undefined, other: Side | undefined): boolean {
  return one === undefined || other === undefined || one === other || one === 'bilateral' || other === 'bilateral';
}
