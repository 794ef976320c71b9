/** What the commands touch besides files, so that tests can hold it. */
export interface CliIo {
  /** Writes to standard output; what scripts read. */
  out(text: string): void;
  /** Writes to standard error; what people read. */
  err(text: string): void;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only go forward. */
  clock(): number;
}
