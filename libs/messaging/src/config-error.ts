/** A setting that cannot be used; the service does not start. */
export class ConfigError extends Error {
  /** Stable code for searching: `DT_ERR_CONFIG`. */
  readonly code = 'DT_ERR_CONFIG';
  override readonly name = 'ConfigError';

  constructor(variable: string, rule: string, received: string) {
    super(`${variable} must be ${rule}, instead got '${received}'. Change the variable or unset it.`);
  }
}
