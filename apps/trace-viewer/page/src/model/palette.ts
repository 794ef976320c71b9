/** How many colours services have; the style sheet has as many classes `service-N`. */
export const COLOUR_COUNT = 12;

/** Gives each service a colour: always the same by its name, unless another has it already. */
export interface Palette {
  indexOf(service: string): number;
}

export function createPalette(): Palette {
  const given = new Map<string, number>();
  const taken = new Set<number>();
  return {
    indexOf(service) {
      const known = given.get(service);
      if (known !== undefined) return known;
      let index = hash(service) % COLOUR_COUNT;
      for (let i = 0; i < COLOUR_COUNT && taken.has(index); i++) index = (index + 5) % COLOUR_COUNT;
      taken.add(index);
      if (taken.size === COLOUR_COUNT) taken.clear();
      given.set(service, index);
      return index;
    },
  };
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16_777_619) >>> 0;
  return value;
}
