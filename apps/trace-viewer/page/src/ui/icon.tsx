const PATHS = {
  copy: 'M5.5 5.5v-3h8v8h-3 M2.5 5.5h8v8h-8z',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10z M10.7 10.7L14 14',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  back: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6L13 13M3 13l1.4-1.4M11.6 4.4L13 3',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM5.5 14h5M8 11v3',
  help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.700 8 9.200 8 10M8 12.500v.2',
  download: 'M8 2v8M4.500 6.800L8 10.300l3.500-3.500M2.500 13.500h11',
  upload: 'M8 10.500v-8M4.500 6L8 2.500 11.500 6M2.500 13.500h11',
  pause: 'M5 3v10M11 3v10',
  play: 'M5 3l8 5-8 5z',
  trash: 'M3 4.500h10M6 4.500V2.500h4v2M4.500 4.500l.6 9h5.800l.6-9',
  error: 'M8 2l6.500 11.500h-13zM8 6.500v3.500M8 11.700v.3',
  broken:
    'M6.500 9.500l-2 2a2.100 2.100 0 0 1-3-3l2-2M9.500 6.500l2-2a2.100 2.100 0 0 1 3 3l-2 2M5 2.500v1.500M2.500 5H4M11 13.500V12M13.500 11H12',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.800V8l2.200 1.800',
  link: 'M6.500 9.500l3-3M7 5l1.500-1.500a2.500 2.500 0 0 1 4 4L11 9M9 11l-1.500 1.500a2.500 2.500 0 0 1-4-4L5 7',
  expand: 'M4 6.500l4-4 4 4M4 9.500l4 4 4-4',
  collapse: 'M4 2.500l4 4 4-4M4 13.500l4-4 4 4',
  graph: 'M2 5h4v6H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 7.500l4-3M6 8.500l4 3',
  filter: 'M2 3h12l-4.500 5.500v4.500l-3-1.500v-3z',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing of 16 units; whoever shows it names it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
