import { COLOUR_COUNT, colourOf } from '../model/palette.js';

/** The class that gives `--service` the service's colour. */
export function serviceClass(service: string): string {
  return `service-${colourOf(service)}`;
}

/** Colours as the style sheet has them now, for canvases. */
export interface PaintColours {
  readonly error: string;
  service(name: string): string;
}

export function readPaintColours(): PaintColours {
  const probe = document.createElement('i');
  document.body.append(probe);
  const services = Array.from({ length: COLOUR_COUNT }, (_, index) => {
    probe.className = `colour-probe service-${index}`;
    return getComputedStyle(probe).color;
  });
  probe.className = 'error-probe';
  const error = getComputedStyle(probe).color;
  probe.remove();
  return { error, service: (name) => services[colourOf(name)]! };
}
