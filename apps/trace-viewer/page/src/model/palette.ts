/** How many colours services have; the style sheet has as many classes `service-N`. */
export const COLOUR_COUNT = 36;

/** A service's colour: by its name alone, so that it is the same on every page, in every tab and after a reload.
 * The price is that two names may share one. */
export function colourOf(service: string): number {
  return hash(service) % COLOUR_COUNT;
}

/** Chosen among 120,000 so that the services of this workspace and two dozen common names share few colours. */
const SEED = 81_780;

/** FNV-1a, its bits mixed once more: names that differ in their last letter get colours far apart. */
function hash(text: string): number {
  let value = SEED;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16_777_619);
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
