/**
 * Present complaints -> episodes, each with its own clock.
 * Enters: active Conditions and the drafts' reasons. Leaves: episodes, newest onset first. Decides no rule.
 * Conditions of one half of the body with the same onset are one complaint ("a second active Condition with the same onset");
 * conditions of different onset keep their own clock, so that an old back never borrows the days of a new neck.
 */
import type { DateSpan } from '../fhir/dates.js';
import { ARM_SITES, BELOW_KNEE_SITES, halfOf, sideOf, sidesAgree } from './body.js';
import type { Draft, Entry, Episode, Group, Half, Region, Side } from './case.js';
import type { PresentWeakness } from './weakness.js';

interface Complaint {
  readonly regions: readonly Region[];
  /** Sites that the diagnosis implies when none is recorded. */
  readonly sites: readonly string[];
}

/** The conditions that are complaints of neck, arm, back or leg, and the regions each names by itself. */
const COMPLAINTS: Readonly<Record<string, Complaint>> = {
  'neck-pain': { regions: ['neck'], sites: ['site-neck'] },
  'cervical-disc-herniation': { regions: ['neck'], sites: ['site-neck'] },
  'cervical-radiculopathy': { regions: ['neck', 'arm'], sites: ['site-neck', 'site-arm'] },
  'shoulder-pain': { regions: ['arm'], sites: ['site-shoulder'] },
  'shoulder-disorder': { regions: ['arm'], sites: ['site-shoulder'] },
  'frozen-shoulder': { regions: ['arm'], sites: ['site-shoulder'] },
  'arm-pain': { regions: ['arm'], sites: ['site-arm'] },
  'low-back-pain': { regions: ['back'], sites: ['site-low-back'] },
  'lumbar-disc-herniation': { regions: ['back'], sites: ['site-low-back'] },
  'lumbar-radiculopathy': { regions: ['back', 'leg'], sites: ['site-low-back', 'site-leg'] },
  sciatica: { regions: ['back', 'leg'], sites: ['site-low-back', 'site-leg'] },
  'leg-pain': { regions: ['leg'], sites: ['site-leg'] },
  'thoracic-spine-pain': { regions: ['back'], sites: ['site-thoracic-spine'] },
  'foot-drop': { regions: ['leg'], sites: ['site-foot'] },
};

/** Conditions that lie where their body site says: neuralgic amyotrophy is mostly, a weakness just as well not, in the arm. */
const BY_SITE = ['neuralgic-amyotrophy', 'hereditary-na', 'weakness'];
const NEURALGIC_AMYOTROPHY = ['neuralgic-amyotrophy', 'hereditary-na'];

/** Concept keys of every condition that counts as an earlier or present neck, arm, back or leg complaint. */
export const COMPLAINT_CONCEPTS: readonly string[] = [...Object.keys(COMPLAINTS), ...BY_SITE];

interface Part {
  readonly half: Half;
  readonly regions: readonly Region[];
  readonly sites: readonly string[];
  readonly onset?: DateSpan;
  readonly entry?: Entry;
  readonly side?: Side;
}

/** Present complaints with a known onset that are followed, the newest; no patient has more, a broken list of problems may. Ours. */
const MOST_DATED = 20;

/**
 * Builds the episodes of a patient from the active conditions, from a draft whose reason is NA when no condition says so, and from a
 * weakness of a half of the body in which no complaint is listed: a painless paresis that nobody put on the list is a complaint too.
 * `leaveOut` is told of each complaint beyond the newest twenty; those without onset (one for each half) always stay.
 */
export function buildEpisodes(
  conditions: readonly Entry[],
  drafts: readonly Draft[],
  weaknesses: readonly PresentWeakness[],
  leaveOut: (reason: string) => void,
): readonly Episode[] {
  const byOnset = new Map<string, Part[]>();
  for (const part of conditions.filter((entry) => entry.state === 'active').flatMap(partOf)) {
    const key = `${part.half}|${part.onset?.first ?? ''}|${part.onset?.last ?? ''}`;
    const cluster = byOnset.get(key);
    if (cluster) cluster.push(part);
    else byOnset.set(key, [part]);
  }
  const clusters = [...byOnset.values()];
  if (
    !conditions.some((entry) => isNeuralgicAmyotrophy(entry) && entry.state === 'active') &&
    drafts.some(orderedForNa)
  ) {
    clusters.push([{ half: 'upper', regions: ['arm'], sites: ['site-arm'] }]);
  }
  for (const half of ['upper', 'lower'] as const) {
    const unlisted = weaknesses.filter((weakness) => weakness.half === half);
    if (unlisted.length > 0 && !clusters.some(([first]) => first?.half === half))
      clusters.push(unlisted.map(partOfWeakness));
  }
  const newestFirst = clusters.sort(
    ([one], [other]) => (other?.onset?.first ?? -Infinity) - (one?.onset?.first ?? -Infinity),
  );
  const kept = newestFirst.filter(([first], index) => first?.onset === undefined || index < MOST_DATED);
  for (let surplus = newestFirst.length - kept.length; surplus > 0; surplus--)
    leaveOut('more complaints than are followed');
  return kept.map((cluster, index) => episodeOf(cluster, `e${index + 1}`));
}

/** True for a Condition of neuralgic amyotrophy, hereditary or not. */
export function isNeuralgicAmyotrophy(entry: Entry): boolean {
  return entry.concepts.some((concept) => NEURALGIC_AMYOTROPHY.includes(concept));
}

function orderedForNa(draft: Draft): boolean {
  return draft.selected && draft.reasonConcepts.some((concept) => NEURALGIC_AMYOTROPHY.includes(concept));
}

function partOf(entry: Entry): readonly Part[] {
  const complaints = entry.concepts.flatMap((concept) => COMPLAINTS[concept] ?? []);
  const placed = entry.concepts.some((concept) => BY_SITE.includes(concept));
  if (complaints.length === 0 && !placed) return [];
  const recorded = entry.sites.filter((site) => halfOf(site) !== undefined);
  const implied = complaints.flatMap((complaint) => complaint.sites);
  const fallback = implied.length > 0 ? implied : isNeuralgicAmyotrophy(entry) ? ['site-shoulder'] : [];
  const sites = recorded.length > 0 ? [...new Set([...recorded, ...impliedSpine(implied)])] : fallback;
  const half = sites.map(halfOf).find((found) => found !== undefined);
  if (half === undefined) return [];
  const regions = new Set<Region>([
    ...complaints.flatMap((complaint) => complaint.regions),
    ...sites.flatMap(regionsOf),
  ]);
  const { date: onset, side } = entry;
  return [{ half, regions: [...regions], sites, entry, ...(onset && { onset }), ...(side && { side }) }];
}

/** When it was seen is known, when it began is not: the complaint has no onset. */
function partOfWeakness({ half, side }: PresentWeakness): Part {
  const upper = half === 'upper';
  return { half, regions: [upper ? 'arm' : 'leg'], sites: [upper ? 'site-arm' : 'site-leg'], ...(side && { side }) };
}

/** A radiculopathy recorded at the arm or calf still lies in the neck or back; a "leg pain" of the thigh is no calf pain. */
function impliedSpine(implied: readonly string[]): readonly string[] {
  return implied.filter((site) => site === 'site-neck' || site === 'site-low-back');
}

function regionsOf(site: string): readonly Region[] {
  if (site === 'site-neck') return ['neck'];
  if (halfOf(site) === 'upper') return ['arm'];
  if (['site-back', 'site-low-back', 'site-thoracic-spine'].includes(site)) return ['back'];
  return BELOW_KNEE_SITES.includes(site) ? ['leg'] : [];
}

function episodeOf(cluster: readonly Part[], id: string): Episode {
  const [first] = cluster;
  const half = first?.half ?? 'upper';
  const regions = [...new Set(cluster.flatMap((part) => part.regions))];
  const sites = [...new Set(cluster.flatMap((part) => part.sites))];
  const entries = cluster.flatMap((part) => part.entry ?? []);
  const side = sideOf(cluster.flatMap((part) => (part.side ? [`side-${part.side}`] : [])));
  return {
    id,
    half,
    regions,
    group: groupOf(half, regions, sites),
    sites,
    conditions: entries,
    ...(side && { side }),
    ...(first?.onset && { onset: first.onset }),
  };
}

function groupOf(half: Half, regions: readonly Region[], sites: readonly string[]): Group {
  if (half === 'upper') {
    if (!regions.includes('neck')) return 'arm-only';
    return sites.some((site) => ARM_SITES.includes(site)) ? 'neck-arm' : 'neck-only';
  }
  if (!regions.includes('back')) return 'leg-only';
  if (sites.some((site) => BELOW_KNEE_SITES.includes(site))) return 'back-leg';
  return sites.every((site) => site === 'site-thoracic-spine') ? 'thoracic' : 'back-only';
}

/** True when something recorded at a side and at places can belong to an episode; a record without place belongs to every episode. */
export function belongsTo(episode: Episode, sites: readonly string[], side: Entry['side']): boolean {
  const halves = sites.map(halfOf);
  if (sites.length > 0 && !halves.includes(episode.half)) return false;
  return sidesAgree(episode.side, side);
}
